// Writes and reads the small binary forms of this room: tokens and session states.
//
// Integers are big-endian, texts and byte runs are preceded by their length in four bytes. A Reader
// never throws: after the first thing that does not fit, ok() is false and every value is empty.
// Thread safety: one owner. Lifetime: a Reader must not outlive its bytes.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "crypto/bytes.h"

namespace kerros::transfer {

class Writer {
 public:
  void u8(std::uint8_t value) { out_.push_back(value); }
  void u64(std::uint64_t value) {
    const std::size_t at = out_.size();
    out_.resize(at + 8);
    store_be(MutableByteView(out_).subspan(at, 8), value);
  }
  void bytes(ByteView value) {
    const std::size_t at = out_.size();
    out_.resize(at + 4);
    store_be(MutableByteView(out_).subspan(at, 4), static_cast<std::uint32_t>(value.size()));
    out_.insert(out_.end(), value.begin(), value.end());
  }
  void text(std::string_view value) { bytes(as_bytes(value)); }
  Bytes take() && { return std::move(out_); }

 private:
  Bytes out_;
};

class Reader {
 public:
  explicit Reader(ByteView in) : in_(in) {}

  std::uint8_t u8() {
    const ByteView byte = cut(1);
    return byte.empty() ? std::uint8_t{0} : byte[0];
  }
  std::uint64_t u64() {
    const ByteView bytes = cut(8);
    return bytes.empty() ? 0 : load_be<std::uint64_t>(bytes);
  }
  ByteView bytes() {
    const ByteView size = cut(4);
    return size.empty() ? ByteView{} : cut(load_be<std::uint32_t>(size));
  }
  std::string text() { return std::string(as_text(bytes())); }

  bool ok() const { return ok_; }
  bool at_end() const { return ok_ && in_.empty(); }

 private:
  ByteView cut(std::size_t size) {
    if (!ok_ || in_.size() < size) {
      ok_ = false;
      return {};
    }
    const ByteView front = in_.first(size);
    in_ = in_.subspan(size);
    return front;
  }

  ByteView in_;
  bool ok_ = true;
};

}  // namespace kerros::transfer
