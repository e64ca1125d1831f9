// Changes keys in a process of its own that dies at a chosen call:
//   kerros_key_probe STORE KEY-FILE SESSIONS rotate|rewrap|destroy CALL
//
// The calls that write, sync, rename or remove are counted from the moment the store is open; at
// number CALL the process is killed before the call is made. With 0 it lives, and prints how many
// there were. Exit code 1: the store or a step refused.
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "crypto/random.h"
#include "keystore/key_store.h"

namespace {

std::atomic<bool> counting{false};
std::atomic<unsigned long> calls{0};
unsigned long fatal = 0;

void count() {
  if (counting && ++calls == fatal) ::kill(::getpid(), SIGKILL);
}

}  // namespace

// Found by LMDB and libstdc++ instead of libc's own, since an executable comes first.
extern "C" {
ssize_t write(int fd, const void* data, size_t size) {
  count();
  return ::syscall(SYS_write, fd, data, size);
}
ssize_t pwrite(int fd, const void* data, size_t size, off_t at) {
  count();
  return ::syscall(SYS_pwrite64, fd, data, size, at);
}
ssize_t pwrite64(int fd, const void* data, size_t size, off64_t at) {
  count();
  return ::syscall(SYS_pwrite64, fd, data, size, at);
}
ssize_t writev(int fd, const iovec* parts, int number) {
  count();
  return ::syscall(SYS_writev, fd, parts, number);
}
ssize_t pwritev(int fd, const iovec* parts, int number, off_t at) {
  count();
  return ::syscall(SYS_pwritev, fd, parts, number, at, 0);
}
ssize_t pwritev64(int fd, const iovec* parts, int number, off64_t at) {
  count();
  return ::syscall(SYS_pwritev, fd, parts, number, at, 0);
}
int fsync(int fd) {
  count();
  return static_cast<int>(::syscall(SYS_fsync, fd));
}
int fdatasync(int fd) {
  count();
  return static_cast<int>(::syscall(SYS_fdatasync, fd));
}
int msync(void* begin, size_t size, int flags) {
  count();
  return static_cast<int>(::syscall(SYS_msync, begin, size, flags));
}
int mkdir(const char* path, mode_t mode) noexcept {
  count();
  return static_cast<int>(::syscall(SYS_mkdir, path, mode));
}
int rename(const char* from, const char* to) noexcept {
  count();
  return static_cast<int>(::syscall(SYS_rename, from, to));
}
int unlinkat(int fd, const char* path, int flags) noexcept {
  count();
  return static_cast<int>(::syscall(SYS_unlinkat, fd, path, flags));
}
}

namespace kerros::keystore {
namespace {

constexpr std::size_t kSlice = 7;  // many writes from few records

void must(const Status& status) {
  if (status) return;
  std::fprintf(stderr, "%s\n", status.error().detail.c_str());
  std::exit(1);
}

void rotate(KeyStore& store) {
  const auto made = store.make_version(store.unit_keys().at(0).unit, 1'800'000'000'000);
  if (!made) return must(tl::unexpected(made.error()));
  must(store.set_key_state(id_of(*made), KeyState::kActive));
}

void rewrap(KeyStore& store) {
  RewrapParams params;
  params.most = kSlice;
  for (bool complete = false; !complete;) {
    const auto step = store.rewrap(params);
    if (!step) return must(tl::unexpected(step.error()));
    params.after = step->last;
    complete = step->complete;
  }
}

// Every version that a newer one replaced.
void destroy(KeyStore& store) {
  for (const UnitKeyInfo& key : store.unit_keys()) {
    if (key.state == KeyState::kReplaced) must(store.set_key_state(id_of(key), KeyState::kRetired));
    if (key.state == KeyState::kReplaced || key.state == KeyState::kRetired)
      must(store.set_key_state(id_of(key), KeyState::kDestroyed));
  }
}

int probe(const StoreParams& params, const std::string& key_file, const std::string& verb) {
  const auto store = KeyStore::open(params, KeyFile{key_file});
  if (!store) return 1;
  counting = true;
  if (verb == "rotate") rotate(**store);
  if (verb == "rewrap") rewrap(**store);
  if (verb == "destroy") destroy(**store);
  counting = false;
  std::printf("%lu\n", calls.load());
  return 0;
}

}  // namespace
}  // namespace kerros::keystore

int main(int argc, char** argv) {
  if (argc != 6) return 2;
  kerros::crypto::start();
  fatal = std::strtoul(argv[5], nullptr, 10);
  kerros::keystore::StoreParams params;
  params.directory = argv[1];
  params.sessions_directory = argv[3];
  params.items_map_bytes = std::uint64_t{64} << 20;
  params.sessions_map_bytes = std::uint64_t{16} << 20;
  params.transfer_slots = 4;
  return kerros::keystore::probe(params, argv[2], argv[4]);
}
