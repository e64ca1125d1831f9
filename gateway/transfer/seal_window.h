// A buffer in which plaintext becomes sealed chunks where it lies.
//
// The caller reads plaintext straight into space(), says how much came with filled(), and sends
// ready() when the window is full or the body ends. Both QuickXorHashes are kept on the way, while
// the bytes are still in the cache.
//
// Thread safety: one thread at a time. Lifetime: sealer and buffer must outlive the window; the
// buffer holds plaintext and is wiped by its owner.
#pragma once

#include <cstdint>

#include "crypto/bytes.h"
#include "crypto/quickxor.h"
#include "crypto/result.h"
#include "crypto/sealer.h"

namespace kerros::transfer {

struct Hashes {
  crypto::QuickXor plain;   // never leaves the building
  crypto::QuickXor sealed;  // what upstream must report of the stored bytes
};

class SealWindow {
 public:
  // `buffer` holds at least the prefix and one sealed chunk; `next_chunk` is the number of the
  // chunk that the next plaintext byte belongs to, which must be its first byte.
  SealWindow(crypto::Sealer& sealer, MutableByteView buffer, std::uint64_t next_chunk,
             Hashes hashes = {});

  // Sealed bytes that go before anything else: the prefix, or what an earlier fragment carried
  // over. `hash` says whether the sealed hash has not seen them yet.
  enum class Hash : bool { kAlready = false, kNow = true };
  void put_sealed(ByteView bytes, Hash hash);

  MutableByteView space();           // never empty unless full()
  Status filled(std::size_t bytes);  // seals the chunk when it became full
  Status finish();                   // seals the final, short (perhaps empty) chunk
  bool full() const;                 // no room for another chunk: send ready() and clear()

  ByteView ready() const { return buffer_.first(ready_); }
  ByteView tags() const { return tags_; }  // of the chunks in ready(), 16 bytes each
  std::uint64_t first_chunk() const { return first_chunk_; }  // the one tags() begins with
  ByteView unfinished() const { return buffer_.subspan(ready_, fill_); }
  void clear();  // forgets ready(); unfinished plaintext moves to the front

  const Hashes& hashes() const { return hashes_; }

 private:
  Status seal(std::size_t plain_size);

  crypto::Sealer& sealer_;
  MutableByteView buffer_;
  std::uint64_t next_chunk_;
  std::uint64_t first_chunk_;
  std::size_t ready_ = 0;  // sealed bytes at the front
  std::size_t fill_ = 0;   // plaintext bytes of the unfinished chunk behind them
  Bytes tags_;
  Hashes hashes_;
};

}  // namespace kerros::transfer
