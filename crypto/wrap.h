// Keys under keys: XChaCha20-Poly1305 with a random nonce, bound to everything that never changes.
//
// Thread safety: pure functions. Source: docs/format.md 5.
#pragma once

#include "crypto/bytes.h"
#include "crypto/header.h"
#include "crypto/result.h"
#include "crypto/secret.h"

namespace kerros::crypto {

using Kek = Key<struct KekTag>;                         // a unit key: wraps DEKs at home
using RecoveryEpochKey = Key<struct RecoveryEpochTag>;  // wraps the copy in W
using RootKey = Key<struct RootTag>;                    // wraps and derives everything at home

inline constexpr std::size_t kWrappedKeySize = 24 + 32 + 16;  // nonce, key, tag
using WrappedKey = std::array<std::uint8_t, kWrappedKeySize>;

// What a wrapped DEK is bound to at home. `kek` and `kek_version` name the unit key.
struct WrapContext {
  Id tenant{};
  Id unit{};
  Id kek{};
  std::uint32_t kek_version = 0;
  Id key{};
  HeaderBytes header{};  // its SHA-512 enters the associated data
  Commitment commitment{};
};

WrappedKey wrap_dek(const Kek& kek, const WrapContext& context, ByteView dek);
Status unwrap_dek(const Kek& kek, const WrapContext& context, const WrappedKey& wrapped,
                  MutableByteView dek);  // dek: 32 bytes; kNotAuthentic

RecoveryBytes wrap_recovery(const RecoveryEpochKey& epoch_key, const Id& epoch,
                            const HeaderBytes& header, const Commitment& commitment, ByteView dek);
Status unwrap_recovery(const RecoveryEpochKey& epoch_key, const Prefix& prefix,
                       MutableByteView dek);

// General wrapping of 32-byte keys and of small values, bound to a label and a context.
// sealed = nonce(24) || ciphertext || tag(16).
inline constexpr std::size_t kValueOverhead = 24 + 16;
Bytes seal_value(ByteView key, std::string_view label, ByteView context, ByteView value);
Result<SecretBytes> open_value(ByteView key, std::string_view label, ByteView context,
                               ByteView sealed);  // kNotAuthentic, kTruncated
// The same into bytes of the caller's: for values that are no keys, as locking memory costs 20 us.
// value.size() == sealed.size() - kValueOverhead (else kMalformed); zeroed on failure.
Status open_value_into(ByteView key, std::string_view label, ByteView context, ByteView sealed,
                       MutableByteView value);

}  // namespace kerros::crypto
