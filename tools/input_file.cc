#include "tools/input_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "gateway/complaint.h"

namespace kerros::tools {
namespace {

tl::unexpected<Error> cannot_read(const std::string& path, int reason) {
  return complain(reason == ENOENT ? ErrorCode::kNotFound : ErrorCode::kUnavailable,
                  "cannot read " + path, std::generic_category().message(reason),
                  "check the name and who may read it");
}

}  // namespace

Result<InputFile> InputFile::open(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return cannot_read(path, errno);
  struct stat status{};
  const bool known = ::fstat(fd, &status) == 0;
  InputFile file(path, fd, known ? static_cast<std::uint64_t>(status.st_size) : 0);
  if (!known) return cannot_read(path, errno);
  if (S_ISDIR(status.st_mode)) return cannot_read(path, EISDIR);
  return file;
}

InputFile::InputFile(std::string path, int fd, std::uint64_t size)
    : path_(std::move(path)), fd_(fd), size_(size) {}

InputFile::InputFile(InputFile&& other) noexcept
    : path_(std::move(other.path_)), fd_(std::exchange(other.fd_, -1)), size_(other.size_) {}

InputFile::~InputFile() {
  if (fd_ >= 0) ::close(fd_);
}

Result<std::size_t> InputFile::read_some(MutableByteView out) {
  while (true) {
    const ssize_t got = ::read(fd_, out.data(), out.size());
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR) return cannot_read(path_, errno);
  }
}

Result<crypto::Prefix> read_prefix_of(InputFile& file, const std::string& path) {
  auto prefix = crypto::read_prefix([&](MutableByteView out) { return file.read_some(out); });
  if (prefix || prefix.error().detail.find('\n') != std::string::npos) return prefix;
  const std::string why = prefix.error().code == ErrorCode::kMalformed
                              ? "no version of Kerros writes such a beginning"
                              : prefix.error().detail;
  return complain(prefix.error().code, path + " is not a sealed file", why,
                  "was it cut, or never sealed?");
}

}  // namespace kerros::tools
