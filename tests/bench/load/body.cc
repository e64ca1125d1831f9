#include "tests/bench/load/body.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace kerros::bench {
namespace {

[[noreturn]] void fail_with(int number, const char* what) {
  throw std::system_error(number, std::generic_category(), what);
}

int nameless_file(const std::string& directory, std::uint64_t size) {
  const int file = ::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (file < 0) fail_with(errno, "a nameless file");
  if (::ftruncate(file, static_cast<off_t>(size)) == 0) return file;
  const int number = errno;
  ::close(file);
  fail_with(number, "a nameless file");
}

}  // namespace

Body::Body(std::uint64_t capacity, const std::string& directory)
    : capacity_(std::max<std::uint64_t>(capacity, 1)) {
  const bool in_file = capacity_ >= kInFile;
  const int file = in_file ? nameless_file(directory, capacity_) : -1;
  const int flags = in_file ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
  void* at = ::mmap(nullptr, capacity_, PROT_READ | PROT_WRITE, flags, file, 0);
  const int number = errno;
  if (in_file) ::close(file);
  if (at == MAP_FAILED) fail_with(number, "memory for a body");
  data_ = static_cast<std::uint8_t*>(at);
}

Body::~Body() { ::munmap(data_, capacity_); }

void Body::append(ByteView bytes) {
  if (bytes.size() > capacity_ - size_) throw std::length_error("a body beyond its capacity");
  std::copy(bytes.begin(), bytes.end(), data_ + size_);
  size_ += bytes.size();
}

}  // namespace kerros::bench
