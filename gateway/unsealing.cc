// How the root key's way in is read: which method, and a passphrase from a descriptor.
#include <unistd.h>

#include <array>
#include <cerrno>

#include "gateway/complaint.h"
#include "gateway/installation.h"

namespace kerros {
namespace {

constexpr std::size_t kMaxPassphrase = 1024;

tl::unexpected<Error> refuse_passphrase(std::string_view what) {
  return complain(ErrorCode::kMalformed, what,
                  "a passphrase is one line of 1 to 1024 bytes on the descriptor named",
                  "for example: --passphrase-fd 3 3< FILE");
}

}  // namespace

Result<crypto::SecretBytes> read_passphrase(int fd) {
  auto buffer = crypto::SecretBytes::make(kMaxPassphrase + 1);
  if (!buffer) return tl::unexpected(buffer.error());
  const auto bytes = buffer->reveal();
  std::size_t size = 0;
  // Byte by byte: what follows the line end belongs to somebody else.
  while (size < bytes.size()) {
    const ssize_t got = ::read(fd, &bytes[size], 1);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return refuse_passphrase("cannot read the passphrase");
    if (got == 0 || bytes[size] == '\n') break;
    ++size;
  }
  if (size == 0) return refuse_passphrase("the passphrase is empty");
  if (size > kMaxPassphrase) return refuse_passphrase("the passphrase is too long");
  return crypto::SecretBytes::copy_of(bytes.first(size));
}

Result<keystore::UnsealWith> unseal_method(const Config& config, int passphrase_fd) {
  if (config.unseal.method == Config::Unseal::Method::kKeyFile)
    return keystore::KeyFile{config.unseal.key_file};
  if (passphrase_fd < 0)
    return complain(ErrorCode::kUnavailable, "a passphrase is needed to unseal the store",
                    config.file + " says unseal.method = \"passphrase\"",
                    "give it on a descriptor: --passphrase-fd 3 3< FILE");
  auto text = read_passphrase(passphrase_fd);
  if (!text) return tl::unexpected(text.error());
  keystore::Passphrase passphrase;
  passphrase.text = std::move(*text);
  return keystore::UnsealWith{std::move(passphrase)};
}

}  // namespace kerros
