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

  // The state as stored in upload session records: 20 folded bytes without the length in them, then
  // the length as a big-endian integer. A restored hasher goes on as if it had never stopped.
  std::array<std::uint8_t, 28> save() const;
  static Result<QuickXor> restore(ByteView saved);  // kMalformed unless 28 bytes

 private:
  QuickXorDigest fold() const;

  // Byte i of the input is XORed into lane i mod 160: both hit the same bits of the digest, so the
  // rotation is done once at the end and not for every byte.
  std::array<std::uint8_t, 160> lanes_{};
  QuickXorDigest carry_{};  // what was folded before the last restore()
  std::uint64_t length_ = 0;
};

}  // namespace kerros::crypto
