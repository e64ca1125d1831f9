// What one DEK becomes for one file: chunk key, base nonce and commitment (docs/format.md 4).
//
// Thread safety: pure functions. Lifetime: FileKeys wipes itself and cannot be copied; keep it
// only as long as it takes to schedule the chunk key.
// Source: C2SP chunked-encryption, "Key derivation".
#pragma once

#include "crypto/aead.h"
#include "crypto/header.h"

namespace kerros::crypto {

inline constexpr std::size_t kDekSize = 32;

class FileKeys {
 public:
  // `dek` must have 32 bytes.
  FileKeys(ByteView dek, Suite suite, const Salt& salt, const HeaderBytes& header);
  ~FileKeys();
  FileKeys(const FileKeys&) = delete;
  FileKeys& operator=(const FileKeys&) = delete;

  ByteView chunk_key() const { return ByteView(bytes_).first(kAeadKeySize); }
  Nonce base_nonce() const;
  Commitment commitment() const;

 private:
  std::array<std::uint8_t, kAeadKeySize + kAeadNonceSize + format::kCommitmentSize> bytes_{};
};

// base XOR number, the number as a big-endian integer as wide as the nonce.
Nonce nonce_of_chunk(const Nonce& base, std::uint64_t number);

}  // namespace kerros::crypto
