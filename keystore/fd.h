// File descriptors that close themselves, and the few calls around them.
//
// Thread safety: one owner.
#pragma once

#include <string>
#include <utility>

#include "crypto/bytes.h"
#include "crypto/result.h"

namespace kerros::keystore {

class Fd {
 public:
  explicit Fd(int fd = -1) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Fd() { reset(); }
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  void reset();

 private:
  int fd_;
};

std::string errno_text();
bool write_all(int fd, ByteView bytes);
std::size_t read_up_to(int fd, MutableByteView out);  // fewer at the end or on an error
Status sync_directory(const std::string& directory);
Status sync_directory_of(const std::string& path);

}  // namespace kerros::keystore
