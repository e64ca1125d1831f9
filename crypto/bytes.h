// Views of bytes and big-endian integers: the lowest vocabulary, on which every room is written.
//
// Thread safety: pure functions and non-owning views.
// Lifetime: a view must not outlive what it looks at.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kerros {

using ByteView = std::span<const std::uint8_t>;
using MutableByteView = std::span<std::uint8_t>;
using Bytes = std::vector<std::uint8_t>;  // never for keys or plaintext: see crypto/secret.h

inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

template <typename Integer>
void store_be(MutableByteView out, Integer value) {
  for (std::size_t i = sizeof(Integer); i-- > 0; value = static_cast<Integer>(value >> 8))
    out[i] = static_cast<std::uint8_t>(value & 0xff);
}

template <typename Integer>
Integer load_be(ByteView in) {
  Integer value = 0;
  for (std::size_t i = 0; i < sizeof(Integer); ++i)
    value = static_cast<Integer>((value << 8) | in[i]);
  return value;
}

std::string to_hex(ByteView bytes);
std::string to_base64(ByteView bytes);     // RFC 4648 section 4, padded
std::string to_base64url(ByteView bytes);  // RFC 4648 section 5, no padding

// The way back, strict: another length, alphabet, padding or a stray last bit is refused, so that
// one value has one text. from_hex fills `out` whole or returns false.
bool from_hex(std::string_view text, MutableByteView out);
std::optional<Bytes> from_base64(std::string_view text);
std::optional<Bytes> from_base64url(std::string_view text);

}  // namespace kerros
