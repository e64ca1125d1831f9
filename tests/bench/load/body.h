// The bytes of one stored file: as much memory as was written, or a nameless file for large ones.
//
// Thread safety: one thread writes, then nobody.
#pragma once

#include <cstdint>
#include <string>

#include "crypto/bytes.h"

namespace kerros::bench {

class Body {
 public:
  // Room for `capacity` bytes, which costs nothing until they are written. From kInFile on they lie
  // in `directory`. Throws std::system_error.
  static constexpr std::uint64_t kInFile = std::uint64_t{1} << 30;
  Body(std::uint64_t capacity, const std::string& directory);
  ~Body();
  Body(const Body&) = delete;
  Body& operator=(const Body&) = delete;

  void append(ByteView bytes);  // throws std::length_error beyond the capacity
  ByteView bytes() const { return {data_, size_}; }

 private:
  std::uint8_t* data_ = nullptr;
  std::uint64_t capacity_;
  std::uint64_t size_ = 0;
};

}  // namespace kerros::bench
