// The label table: every key that comes from the root comes through here (docs/format.md 4).
//
// Thread safety: pure functions.
#pragma once

#include <string_view>

#include "crypto/result.h"
#include "crypto/secret.h"
#include "crypto/wrap.h"

namespace kerros::crypto {

enum class Purpose {
  kKekWrap,
  kRecordMac,
  kMetadata,
  kUrlToken,
  kSession,
  kAuditSalt,
  kAuditSeal,
  kAuditSign,
  kSetHash,
  kOpaqueName,
};
std::string_view label(Purpose purpose);  // "kerros/1/kek-wrap"

// HKDF-Expand-SHA-512(root, label || 0x00 || context), 32 bytes.
Result<SecretBytes> derive(const RootKey& root, Purpose purpose, ByteView context = {});

// Keyed hash for indexes and MACs: HMAC-SHA-512 cut to 32 bytes (HMAC-SHA-512-256 of libsodium).
std::array<std::uint8_t, 32> mac(ByteView key, ByteView message);

// Argon2id (libsodium MODERATE by default) in a child process, so that its memory never counts as
// ours and a crash loses nothing. `salt` is 16 bytes, a passphrase at most 4,096; the result
// is 32. Any thread may call it.
struct PassphraseCost {
  std::uint64_t operations;
  std::uint64_t memory_bytes;
};
PassphraseCost default_passphrase_cost();
Result<SecretBytes> stretch_passphrase(const SecretBytes& passphrase, ByteView salt,
                                       PassphraseCost cost);

}  // namespace kerros::crypto
