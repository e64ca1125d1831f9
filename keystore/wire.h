// Big-endian binary encoding of stored rows: fixed fields, counted texts, zero-trimmed blocks.
//
// Thread safety: one owner. Lifetime: a Decoder looks at bytes it does not own.
#pragma once

#include <algorithm>
#include <string>

#include "crypto/bytes.h"

namespace kerros::keystore {

class Encoder {
 public:
  // With the final size known, nothing is copied on the way (and no copy is left in freed memory).
  explicit Encoder(std::size_t expected = 0) { out_.reserve(expected); }
  template <typename Integer>
  void number(Integer value) {
    out_.resize(out_.size() + sizeof(Integer));
    store_be(MutableByteView(out_).last(sizeof(Integer)), value);
  }
  void fixed(ByteView bytes) { out_.insert(out_.end(), bytes.begin(), bytes.end()); }
  void counted(ByteView bytes) {
    number(static_cast<std::uint32_t>(bytes.size()));
    fixed(bytes);
  }
  void text(std::string_view text) { counted(as_bytes(text)); }
  // A fixed-size block that usually ends in zeros: they are left out.
  void trimmed(ByteView bytes) {
    std::size_t size = bytes.size();
    while (size > 0 && bytes[size - 1] == 0) --size;
    counted(bytes.first(size));
  }
  ByteView view() const { return out_; }
  Bytes take() { return std::move(out_); }

 private:
  Bytes out_;
};

// Reads what Encoder wrote. After the first read past the end everything reads as zero or empty,
// and complete() is false: callers decode everything, then ask once.
class Decoder {
 public:
  explicit Decoder(ByteView in) : in_(in) {}

  template <typename Integer>
  Integer number() {
    const ByteView bytes = take(sizeof(Integer));
    return bytes.size() == sizeof(Integer) ? load_be<Integer>(bytes) : Integer{0};
  }
  void fixed(MutableByteView out) {
    const ByteView bytes = take(out.size());
    if (bytes.size() == out.size()) std::copy(bytes.begin(), bytes.end(), out.begin());
  }
  ByteView counted() { return take(number<std::uint32_t>()); }
  std::string text() { return std::string(as_text(counted())); }
  void trimmed(MutableByteView out) {
    const ByteView bytes = counted();
    if (bytes.size() > out.size()) {
      failed_ = true;
      return;
    }
    std::fill(std::copy(bytes.begin(), bytes.end(), out.begin()), out.end(), std::uint8_t{0});
  }
  ByteView rest() { return take(in_.size()); }
  bool complete() const { return !failed_ && in_.empty(); }
  bool failed() const { return failed_; }

 private:
  ByteView take(std::size_t size) {
    if (failed_ || size > in_.size()) {
      failed_ = true;
      return {};
    }
    const ByteView taken = in_.first(size);
    in_ = in_.subspan(size);
    return taken;
  }
  ByteView in_;
  bool failed_ = false;
};

}  // namespace kerros::keystore
