// Sealed bytes of an upload whose length nobody told yet: a nameless file that only we can see.
//
// Upstream wants the length first; the plaintext is never kept, only what is sealed already. The
// file has no name, so a killed process leaves nothing behind.
//
// Thread safety: one owner. Lifetime: within the exchange. Errors: Refused(kSpoolFull) when the
// disk is full or other spools take the room, Refused(kTooLarge) when this one alone is beyond the
// limit.
#pragma once

#include <cstdint>
#include <string>

#include "crypto/bytes.h"
#include "gateway/io/write/sealed_sink.h"

namespace kerros::io {

class Spool : public SealedSink {
 public:
  // `limit` bounds this spool; all of them together stay below limits.spool_bytes.
  Spool(Exchange& x, std::uint64_t limit);
  ~Spool() override;
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;

  net::awaitable<void> write(ByteView sealed) override;
  std::uint64_t size() const { return size_; }
  void clear() { size_ = 0; }  // the file's room is used again
  // Bytes from `offset` on; fewer than asked only at the end.
  std::size_t read(std::uint64_t offset, MutableByteView into) const;

 private:
  void grow(std::uint64_t size);

  int file_ = -1;
  std::string directory_;
  SpoolRoom& room_;
  std::uint64_t limit_;
  std::uint64_t limit_of_all_;
  std::uint64_t taken_ = 0;  // of the room: the largest size it ever had
  std::uint64_t size_ = 0;
};

}  // namespace kerros::io
