// QuickXorHash of OneDrive and SharePoint, streaming, at memory speed.
//
// Not collision resistant, and it reveals short plaintext: never leaves the building for plaintext.
// Thread safety: one owner. Source: graph documentation, quickXorHash.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "crypto/bytes.h"
#include "crypto/result.h"

namespace kerros::crypto {

using QuickXorDigest = std::array<std::uint8_t, 20>;

class QuickXor {
 public:
  void update(ByteView bytes);
  QuickXorDigest digest() const;  // of everything so far; may be called any time
  std::uint64_t length() const { return length_; }

  // The state as stored in upload session records: 20 folded bytes and the length. 28 bytes.
  std::array<std::uint8_t, 28> save() const;
  static Result<QuickXor> restore(ByteView saved);  // kMalformed unless 28 bytes

 private:
  std::array<std::uint8_t, 160> lanes_{};  // byte i of the input folded into lane i mod 160
  std::uint64_t length_ = 0;
};

}  // namespace kerros::crypto
