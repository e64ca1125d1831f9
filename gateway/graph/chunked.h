// Takes the chunked transfer coding apart (RFC 9112 7.1), a piece of input at a time.
//
// Strict where leniency lets two readers see two messages: a size is 1 to 16 hex digits, lines end
// in CR LF, chunk extensions are skipped within a bound, trailers are read and dropped.
// Thread safety: one owner. Errors: kMalformed.
#pragma once

#include <cstdint>
#include <string>

#include "crypto/bytes.h"
#include "crypto/result.h"

namespace kerros::graph {

class ChunkedReader {
 public:
  struct Step {
    std::size_t consumed = 0;  // bytes of the input that are done with
    ByteView body;             // body bytes among them (a view into the input), perhaps empty
  };
  // Makes progress on a non-empty input, or needs more when nothing was consumed. At most
  // `max_body` (not 0) body bytes are taken.
  Result<Step> take(ByteView input, std::size_t max_body);
  bool done() const { return state_ == State::kDone; }

 private:
  enum class State : std::uint8_t { kSize, kData, kDataEnd, kTrailer, kDone };
  Result<Step> take_line(ByteView input);
  State state_ = State::kSize;
  std::uint64_t left_ = 0;  // bytes of the current chunk
  std::size_t trailer_bytes_ = 0;
};

// The line before a chunk of `size` bytes; with 0 the end of the body (no trailers).
std::string chunk_line(std::size_t size);

}  // namespace kerros::graph
