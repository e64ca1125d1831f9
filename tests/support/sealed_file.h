// Whole sealed files in memory, for tests: plaintext there needs no care.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>

#include "crypto/offsets.h"
#include "crypto/sealer.h"
#include "crypto/whole_file.h"
#include "crypto/wrap.h"

namespace kerros::support {

// Bytes that look random and are the same every time (xorshift64).
inline Bytes noise(std::size_t size, std::uint64_t seed = 1) {
  Bytes bytes(size);
  std::uint64_t state = seed * 0x9e3779b97f4a7c15ull + 1;
  for (auto& byte : bytes) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    byte = static_cast<std::uint8_t>(state >> 24);
  }
  return bytes;
}

template <std::size_t Size>
std::array<std::uint8_t, Size> noise_array(std::uint64_t seed) {
  std::array<std::uint8_t, Size> out{};
  std::ranges::copy(noise(Size, seed), out.begin());
  return out;
}

// Everything that makes one file, and the file.
struct SealedFile {
  crypto::Header header;
  crypto::Salt salt{};
  std::array<std::uint8_t, 32> dek{};
  Bytes plain;
  Bytes sealed;
};

inline SealedFile seal_file(const crypto::Backend& backend, std::size_t plain_size,
                            crypto::Suite suite = crypto::Suite::kAes256Gcm,
                            std::uint64_t seed = 1) {
  SealedFile file;
  file.header = {.suite = suite,
                 .tenant = noise_array<16>(seed + 1),
                 .unit = noise_array<16>(seed + 2),
                 .key = noise_array<16>(seed + 3)};
  file.salt = noise_array<24>(seed + 4);
  file.dek = noise_array<32>(seed + 5);
  file.plain = noise(plain_size, seed + 6);
  auto sealer = crypto::Sealer::make(backend, file.header, file.salt, file.dek).value();
  file.sealed.resize(crypto::sealed_size(plain_size).value());
  std::ranges::copy(sealer.prefix(), file.sealed.begin());
  for (std::uint64_t chunk = 0; chunk < crypto::chunk_count(plain_size); ++chunk) {
    const auto length = crypto::plain_length_of_chunk(chunk, plain_size);
    const auto plain = ByteView(file.plain).subspan(chunk * crypto::format::kChunkSize, length);
    const auto sealed =
        MutableByteView(file.sealed)
            .subspan(crypto::sealed_offset_of_chunk(chunk), length + crypto::format::kTagSize);
    EXPECT_TRUE(sealer.seal_chunk(chunk, plain, sealed));
  }
  return file;
}

// Opens a whole file as a tool would; `released` holds what came out before an error, too.
inline Result<Bytes> open_file(const crypto::Backend& backend, ByteView sealed, ByteView dek,
                               Bytes* released = nullptr, std::size_t step = SIZE_MAX) {
  Bytes plain;
  const auto read = [&](MutableByteView out) -> Result<std::size_t> {
    const std::size_t size = std::min({out.size(), sealed.size(), step});
    std::copy_n(sealed.begin(), size, out.begin());
    sealed = sealed.subspan(size);
    return size;
  };
  const auto write = [&](ByteView bytes) -> Status {
    plain.insert(plain.end(), bytes.begin(), bytes.end());
    return {};
  };
  const auto open = [&]() -> Status {
    const auto prefix = crypto::read_prefix(read);
    if (!prefix) return tl::unexpected(prefix.error());
    auto opener = crypto::Opener::make(backend, *prefix, dek);
    if (!opener) return tl::unexpected(opener.error());
    const auto size = crypto::open_body(*opener, read, write);
    if (!size) return tl::unexpected(size.error());
    EXPECT_EQ(*size, plain.size());
    return {};
  };
  const Status opened = open();
  if (released != nullptr) *released = plain;
  if (!opened) return tl::unexpected(opened.error());
  return plain;
}

// The code of a result that should have failed; fails the test when it did not.
template <typename T>
ErrorCode code_of(const Result<T>& result) {
  EXPECT_FALSE(result.has_value());
  return result ? ErrorCode{-1} : result.error().code;
}

}  // namespace kerros::support

namespace kerros {
inline void PrintTo(ErrorCode code, std::ostream* out) { *out << name(code); }
}  // namespace kerros
