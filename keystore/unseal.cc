#include "keystore/unseal.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>
#include <utility>

#include "crypto/random.h"
#include "keystore/fd.h"

namespace kerros::keystore {
namespace {

constexpr std::size_t kKeySize = 32;
constexpr std::size_t kTextSize = 2 * kKeySize + 1;

std::optional<std::uint8_t> digit(std::uint8_t c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<std::uint8_t>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<std::uint8_t>(c - 'A' + 10);
  return std::nullopt;
}

// Digits written into locked memory directly: no std::string ever holds the key.
void write_hex(ByteView key, MutableByteView text) {
  constexpr char kDigits[] = "0123456789abcdef";
  for (std::size_t i = 0; i < key.size(); ++i) {
    text[2 * i] = static_cast<std::uint8_t>(kDigits[key[i] >> 4]);
    text[2 * i + 1] = static_cast<std::uint8_t>(kDigits[key[i] & 15]);
  }
}

bool lies_inside(const std::string& path, const std::string& directory) {
  std::error_code ignored;
  const auto inner = std::filesystem::weakly_canonical(path, ignored);
  const auto outer = std::filesystem::weakly_canonical(directory, ignored);
  const auto [end, _] = std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end());
  return end == outer.end();
}

Status check_file(int fd, const std::string& path) {
  struct stat info{};
  if (::fstat(fd, &info) != 0) return fail(ErrorCode::kUnavailable, "cannot look at " + path);
  if (!S_ISREG(info.st_mode)) return fail(ErrorCode::kMalformed, path + " is not a plain file");
  if ((info.st_mode & 077) != 0)
    return fail(ErrorCode::kUnavailable,
                "key file " + path +
                    " may be read by others: chmod 0400 it, and consider its key "
                    "known if that was ever so");
  return {};
}

}  // namespace

Status create_key_file(const std::string& path) {
  auto key = crypto::SecretBytes::make(kKeySize);
  auto text = crypto::SecretBytes::make(kTextSize);
  if (!key || !text) return fail(ErrorCode::kFull, "no locked memory for a key file");
  crypto::fill_random(key->reveal());
  write_hex(std::as_const(*key).reveal(), text->reveal());
  text->reveal()[kTextSize - 1] = '\n';

  // Written beside its place and linked there: whole or not at all, and never over another file.
  const std::string draft = path + ".draft-" + std::to_string(::getpid());
  const Fd fd(::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0400));
  if (!fd) return fail(ErrorCode::kUnavailable, "cannot write " + draft + ": " + errno_text());
  const bool written = write_all(fd.get(), std::as_const(*text).reveal()) && ::fsync(fd.get()) == 0;
  const bool linked = written && ::link(draft.c_str(), path.c_str()) == 0;
  const int error = errno;
  ::unlink(draft.c_str());
  if (!linked && error == EEXIST) return fail(ErrorCode::kConflict, path + " exists already");
  if (!linked)
    return fail(ErrorCode::kUnavailable, "cannot write " + path + ": " + std::strerror(error));
  return sync_directory_of(path);
}

Result<crypto::SecretBytes> read_key_file(const std::string& path,
                                          const std::string& store_directory) {
  if (lies_inside(path, store_directory))
    return fail(ErrorCode::kUnavailable, "key file " + path + " lies inside the store " +
                                             store_directory +
                                             ": whoever copies the store would copy its key");
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd && errno == ENOENT) return fail(ErrorCode::kNotFound, "there is no key file " + path);
  if (!fd) return fail(ErrorCode::kUnavailable, "cannot read " + path + ": " + errno_text());
  if (auto sound = check_file(fd.get(), path); !sound) return tl::unexpected(sound.error());

  auto text = crypto::SecretBytes::make(kTextSize + 1);
  auto key = crypto::SecretBytes::make(kKeySize);
  if (!text || !key) return fail(ErrorCode::kFull, "no locked memory for the key file");
  const std::size_t size = read_up_to(fd.get(), text->reveal());
  const ByteView all = std::as_const(*text).reveal();
  bool well_formed = size == kTextSize - 1 || (size == kTextSize && all[kTextSize - 1] == '\n');
  for (std::size_t i = 0; well_formed && i < kKeySize; ++i) {
    const auto high = digit(all[2 * i]);
    const auto low = digit(all[2 * i + 1]);
    well_formed = high && low;
    if (well_formed) key->reveal()[i] = static_cast<std::uint8_t>(*high << 4 | *low);
  }
  if (!well_formed)
    return fail(ErrorCode::kMalformed, path + " is not a key file: 64 hexadecimal digits expected");
  return std::move(*key);
}

}  // namespace kerros::keystore
