// The 256-byte header H of a sealed file: what is known before the first byte of an upload.
//
// Thread safety: pure functions. Source: docs/format.md 3.
#pragma once

#include <array>

#include "crypto/aead.h"
#include "crypto/bytes.h"
#include "crypto/format.h"
#include "crypto/result.h"

namespace kerros::crypto {

using Id = std::array<std::uint8_t, 16>;  // tenant, unit, key: random or time-ordered, no names
using HeaderBytes = std::array<std::uint8_t, format::kHeaderSize>;
using RecoveryBytes = std::array<std::uint8_t, format::kRecoverySize>;
using Salt = std::array<std::uint8_t, format::kSaltSize>;
using Commitment = std::array<std::uint8_t, format::kCommitmentSize>;
using PrefixBytes = std::array<std::uint8_t, format::kPrefixSize>;

struct Header {
  Suite suite = Suite::kAes256Gcm;
  bool has_recovery = false;
  Id tenant{};
  Id unit{};
  Id key{};

  bool operator==(const Header&) const = default;
};

HeaderBytes encode(const Header& header);
// kMalformed: wrong magic, or a byte that must be zero is not. kUnknownVersion: version, suite or
// flag unknown. kTruncated: fewer than 256 bytes; what follows them is not looked at.
Result<Header> decode_header(ByteView bytes);

// True when the bytes begin like a sealed file of any version; needs the first 8 bytes.
bool has_magic(ByteView first_bytes);

// The whole prefix as stored, taken apart. decode_prefix checks everything that needs no key:
// header, zero bytes of W and its agreement with the flag. What follows 512 bytes is not looked at.
struct Prefix {
  Header header;
  HeaderBytes header_bytes{};
  RecoveryBytes recovery{};
  Salt salt{};
  Commitment commitment{};
};
PrefixBytes encode(const Prefix& prefix);
Result<Prefix> decode_prefix(ByteView bytes);

}  // namespace kerros::crypto
