// Opens one sealed file: checks the commitment before any cipher call, then chunk by chunk.
//
// The caller releases only chunks that opened, and calls a whole-file read complete only after
// the final (short) chunk; `Last::kYes` is that promise, checked here.
//
// Thread safety: one thread at a time. Lifetime: the backend must outlive the opener.
#pragma once

#include <memory>

#include "crypto/aead.h"
#include "crypto/header.h"
#include "crypto/result.h"

namespace kerros::crypto {

enum class Last : bool { kNo = false, kYes = true };

class Opener {
 public:
  // kNotAuthentic when the commitment does not belong to this key and header.
  static Result<Opener> make(const Backend& backend, const Prefix& prefix, ByteView dek);

  Opener(Opener&&) noexcept;
  Opener& operator=(Opener&&) noexcept;
  ~Opener();

  const Prefix& prefix() const;

  // sealed: 16,400 bytes with Last::kNo, 16 to 16,399 with Last::kYes (else kTruncated or
  // kTrailingData). plain: 16 bytes fewer; in place when both start at the same byte.
  Status open_chunk(std::uint64_t number, Last last, ByteView sealed, MutableByteView plain);

 private:
  struct State;
  explicit Opener(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace kerros::crypto
