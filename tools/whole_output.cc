#include "tools/whole_output.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include "gateway/complaint.h"

namespace kerros::tools {

Result<WholeOutput> WholeOutput::create(const std::string& path, Replace replace) {
  std::string temporary = path + ".part-XXXXXX";
  const int fd = ::mkostemp(temporary.data(), O_CLOEXEC);
  const int reason = errno;
  WholeOutput output(path, temporary, fd, replace);
  if (replace == Replace::kNo && ::access(path.c_str(), F_OK) == 0) return output.exists();
  errno = reason;
  if (fd < 0) return output.failed("create");
  return output;
}

WholeOutput::WholeOutput(std::string path, std::string temporary, int fd, Replace replace)
    : path_(std::move(path)), temporary_(std::move(temporary)), fd_(fd), replace_(replace) {}

WholeOutput::WholeOutput(WholeOutput&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::move(other.temporary_)),
      fd_(std::exchange(other.fd_, -1)),
      replace_(other.replace_) {}

WholeOutput::~WholeOutput() {
  if (fd_ < 0) return;
  ::close(fd_);
  ::unlink(temporary_.c_str());
}

Status WholeOutput::write(ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd_, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return failed("write");
    bytes = bytes.subspan(static_cast<std::size_t>(put));
  }
  return {};
}

Status WholeOutput::publish() {
  if (::fsync(fd_) != 0) return failed("write");
  const unsigned flags = replace_ == Replace::kYes ? 0 : RENAME_NOREPLACE;
  if (::renameat2(AT_FDCWD, temporary_.c_str(), AT_FDCWD, path_.c_str(), flags) != 0)
    return errno == EEXIST ? exists() : failed("rename");
  ::close(std::exchange(fd_, -1));
  return {};
}

tl::unexpected<Error> WholeOutput::failed(std::string_view operation) const {
  const int reason = errno;
  return complain(reason == ENOSPC ? ErrorCode::kFull : ErrorCode::kUnavailable,
                  "cannot " + std::string(operation) + " " + path_,
                  std::generic_category().message(reason), "nothing was left under that name");
}

tl::unexpected<Error> WholeOutput::exists() const {
  return complain(ErrorCode::kConflict, path_ + " exists already", "it would be overwritten",
                  "name another file, or say --force");
}

}  // namespace kerros::tools
