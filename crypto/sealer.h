// Seals one file: a fresh key, its prefix, and its chunks in any order the caller can answer for.
//
// A chunk number must never be sealed twice with different plaintext under one Sealer or its
// successor after a restart; gateway/transfer holds that promise (docs/format.md 7).
//
// Thread safety: one thread at a time. Lifetime: the backend must outlive the sealer.
#pragma once

#include <memory>

#include "crypto/aead.h"
#include "crypto/header.h"
#include "crypto/result.h"
#include "crypto/secret.h"

namespace kerros::crypto {

class Sealer {
 public:
  // `dek` is 32 random bytes used for nothing else. kMalformed when it is not 32 bytes,
  // kUnavailable when the backend lacks the header's suite.
  static Result<Sealer> make(const Backend& backend, const Header& header, const Salt& salt,
                             ByteView dek);

  Sealer(Sealer&&) noexcept;
  Sealer& operator=(Sealer&&) noexcept;
  ~Sealer();

  const Commitment& commitment() const;
  const HeaderBytes& header_bytes() const;
  const Salt& salt() const;
  // The 512 bytes before the first chunk. `recovery` is all zero unless the header says it is
  // there.
  PrefixBytes prefix(const RecoveryBytes& recovery = {}) const;

  // plain: 16,384 bytes, or fewer for the final chunk (then it may be empty). sealed: 16 bytes
  // more. In place when both start at the same byte. kFull from chunk 2^38 on, where the key is
  // used up.
  Status seal_chunk(std::uint64_t number, ByteView plain, MutableByteView sealed);

 private:
  struct State;
  explicit Sealer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace kerros::crypto
