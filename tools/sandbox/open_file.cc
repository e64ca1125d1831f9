#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "tools/sandbox/http_message.h"

namespace kerros::sandbox {

OpenFile::OpenFile(const std::filesystem::path& path)
    : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
  if (descriptor_ < 0) throw std::system_error(errno, std::generic_category(), path.string());
}

OpenFile::~OpenFile() { ::close(descriptor_); }

std::uint64_t OpenFile::size() const {
  struct stat status{};
  ::fstat(descriptor_, &status);
  return static_cast<std::uint64_t>(status.st_size);
}

std::size_t OpenFile::read_at(std::uint64_t offset, char* buffer, std::size_t size) const {
  const ssize_t n = ::pread(descriptor_, buffer, size, static_cast<off_t>(offset));
  return n > 0 ? static_cast<std::size_t>(n) : 0;
}

}  // namespace kerros::sandbox
