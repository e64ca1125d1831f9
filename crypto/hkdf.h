// HKDF-SHA-512 (RFC 5869) over libsodium's HMAC; Debian's libsodium 1.0.18 has no HKDF of its own.
//
// Thread safety: pure functions.
#pragma once

#include <string_view>

#include "crypto/bytes.h"
#include "crypto/result.h"

namespace kerros::crypto {

// HKDF-Expand: `out` may have at most 255 * 64 bytes (else kMalformed). `key` is the PRK.
Status hkdf_expand(ByteView key, ByteView info, MutableByteView out);
std::array<std::uint8_t, 64> hkdf_extract(ByteView salt, ByteView input_key);  // caller wipes
std::array<std::uint8_t, 64> sha512(ByteView bytes);
std::array<std::uint8_t, 32> sha256(ByteView bytes);

}  // namespace kerros::crypto
