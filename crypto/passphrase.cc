// Argon2id in a child: a quarter of a gigabyte that comes and goes with one process, so that the
// peak of the parent stays what its transfers need, and an out-of-memory kill hits the child.
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sodium.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "crypto/derive.h"

namespace kerros::crypto {
namespace {

constexpr std::size_t kKeySize = 32;
constexpr std::size_t kMaxPassphrase = 4096;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

 private:
  int fd_;
};

// Until it goes: a signal that reached the child would run the parent's handlers on descriptors
// that both share.
class BlockedSignals {
 public:
  BlockedSignals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~BlockedSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;

 private:
  sigset_t before_;
};

// Runs in the child of a process that may have threads: libsodium (which asks for memory; glibc
// keeps malloc usable in such a child), write and _exit, nothing else.
[[noreturn]] void child(int out, const SecretBytes& passphrase, ByteView salt,
                        PassphraseCost cost) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  prctl(PR_SET_DUMPABLE, 0);
  std::array<std::uint8_t, kKeySize> key{};
  const int made = crypto_pwhash(
      key.data(), key.size(), passphrase.size() == 0 ? "" : as_text(passphrase.reveal()).data(),
      passphrase.size(), salt.data(), cost.operations, static_cast<std::size_t>(cost.memory_bytes),
      crypto_pwhash_ALG_ARGON2ID13);
  const bool sent = made == 0 && write(out, key.data(), key.size()) == ssize_t{kKeySize};
  sodium_memzero(key.data(), key.size());
  _exit(sent ? 0 : 1);
}

bool read_whole(int fd, MutableByteView out) {
  while (!out.empty()) {
    const ssize_t got = read(fd, out.data(), out.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    out = out.subspan(static_cast<std::size_t>(got));
  }
  return true;
}

void reap(pid_t pid) {
  while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
}

bool within_bounds(PassphraseCost cost) {
  return cost.operations >= crypto_pwhash_OPSLIMIT_MIN &&
         cost.operations <= crypto_pwhash_OPSLIMIT_MAX &&
         cost.memory_bytes >= crypto_pwhash_MEMLIMIT_MIN &&
         cost.memory_bytes <= crypto_pwhash_MEMLIMIT_MAX;
}

}  // namespace

PassphraseCost default_passphrase_cost() {
  return {crypto_pwhash_OPSLIMIT_MODERATE, crypto_pwhash_MEMLIMIT_MODERATE};
}

Result<SecretBytes> stretch_passphrase(const SecretBytes& passphrase, ByteView salt,
                                       PassphraseCost cost) {
  if (salt.size() != crypto_pwhash_SALTBYTES)
    return fail(ErrorCode::kMalformed, "the salt of a passphrase has 16 bytes");
  if (passphrase.size() > kMaxPassphrase)
    return fail(ErrorCode::kMalformed, "a passphrase has at most 4,096 bytes");
  if (!within_bounds(cost))
    return fail(ErrorCode::kMalformed, "the cost of a passphrase is out of bounds");
  auto key = SecretBytes::make(kKeySize);
  if (!key) return key;

  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return fail(ErrorCode::kUnavailable, "no pipe to a child");
  const Descriptor in(ends[0]);
  Descriptor out(ends[1]);
  const BlockedSignals blocked;
  const pid_t pid = fork();
  if (pid < 0) return fail(ErrorCode::kUnavailable, "no child process for the passphrase");
  if (pid == 0) child(out.get(), passphrase, salt, cost);
  out.close();  // or a child that died would never end the read
  const bool complete = read_whole(in.get(), key->reveal());
  reap(pid);
  if (!complete) {
    return fail(ErrorCode::kUnavailable, "stretching the passphrase failed; it needs " +
                                             std::to_string(cost.memory_bytes / (1024 * 1024)) +
                                             " MiB of free memory");
  }
  return key;
}

}  // namespace kerros::crypto
