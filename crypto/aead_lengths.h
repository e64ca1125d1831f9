// What every backend checks and does the same way around its cipher.
//
// Thread safety: pure functions.
#pragma once

#include <limits>

#include "crypto/aead.h"
#include "crypto/secret.h"

namespace kerros::crypto {

// OpenSSL counts in int; the other backends keep the same bound so that they stay interchangeable.
inline constexpr std::size_t kMaxAeadText =
    static_cast<std::size_t>(std::numeric_limits<int>::max()) - kAeadTagSize;

inline Status check_seal_lengths(ByteView plain, ByteView sealed) {
  if (plain.size() > kMaxAeadText || sealed.size() != plain.size() + kAeadTagSize)
    return fail(ErrorCode::kMalformed, "sealed bytes are 16 more than plain ones");
  return {};
}

inline Status check_open_lengths(ByteView sealed, ByteView plain) {
  if (sealed.size() < kAeadTagSize)
    return fail(ErrorCode::kTruncated, "a chunk is shorter than its tag");
  if (plain.size() > kMaxAeadText || sealed.size() != plain.size() + kAeadTagSize)
    return fail(ErrorCode::kMalformed, "plain bytes are 16 fewer than sealed ones");
  return {};
}

// Whatever a cipher left in the output of a chunk that failed must not be taken for plaintext.
inline Status refuse_chunk(MutableByteView plain) {
  wipe(plain);
  return fail(ErrorCode::kNotAuthentic, "a chunk is not authentic");
}

}  // namespace kerros::crypto
