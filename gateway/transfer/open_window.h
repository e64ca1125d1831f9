// One sealed chunk at a time, read where it will be opened: the mirror image of SealWindow.
//
// Only what opened is handed out. A chunk of full sealed size is never the last one, a shorter one
// always is (docs/format.md 6), so no look-ahead is needed.
//
// Thread safety: one thread at a time. Lifetime: opener and buffer must outlive the window; the
// buffer holds plaintext and is wiped by its owner.
#pragma once

#include <cstdint>

#include "crypto/bytes.h"
#include "crypto/format.h"
#include "crypto/opener.h"
#include "crypto/result.h"

namespace kerros::transfer {

class OpenWindow {
 public:
  // `buffer` holds at least one sealed chunk (16,400 bytes); `first_chunk` is the number of the
  // chunk whose first sealed byte comes next.
  OpenWindow(crypto::Opener& opener, MutableByteView buffer, std::uint64_t first_chunk)
      : opener_(opener), buffer_(buffer), chunk_(first_chunk) {}

  MutableByteView space() {
    return buffer_.subspan(fill_, crypto::format::kSealedChunkSize - fill_);
  }
  void filled(std::size_t bytes) { fill_ += bytes; }
  bool full() const { return fill_ == crypto::format::kSealedChunkSize; }
  std::uint64_t chunk() const { return chunk_; }

  // Opens the full chunk, or with Last::kYes what is there as the final one. The view is valid
  // until the next call of space().
  Result<ByteView> open(crypto::Last last);

 private:
  crypto::Opener& opener_;
  MutableByteView buffer_;
  std::uint64_t chunk_;
  std::size_t fill_ = 0;
};

}  // namespace kerros::transfer
