#include "gateway/io/spool.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace kerros::io {

namespace {

[[noreturn]] void throw_full(const char* what) {
  throw Refused{graph::Refusal::kSpoolFull, "", std::string(what) + ": " + std::strerror(errno)};
}

}  // namespace

Spool::Spool(const std::string& directory, std::uint64_t limit)
    : directory_(directory), limit_(limit) {}

Spool::~Spool() {
  if (file_ >= 0) ::close(file_);
}

net::awaitable<void> Spool::write(ByteView sealed) {
  if (file_ < 0) {
    file_ = ::open(directory_.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (file_ < 0) throw_full("spool");
  }
  if (size_ + sealed.size() > limit_)
    throw Refused{graph::Refusal::kTooLarge, "Send a Content-Length, or use an upload session.",
                  "spool limit"};
  while (!sealed.empty()) {
    const ssize_t written =
        ::pwrite(file_, sealed.data(), sealed.size(), static_cast<off_t>(size_));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) throw_full("spool");
    size_ += static_cast<std::uint64_t>(written);
    sealed = sealed.subspan(static_cast<std::size_t>(written));
  }
  co_return;
}

std::size_t Spool::read(std::uint64_t offset, MutableByteView into) const {
  std::size_t total = 0;
  while (total < into.size()) {
    const ssize_t got = ::pread(file_, into.data() + total, into.size() - total,
                                static_cast<off_t>(offset + total));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw Refused{graph::Refusal::kInternal, "", "spool cannot be read"};
    if (got == 0) break;
    total += static_cast<std::size_t>(got);
  }
  return total;
}

}  // namespace kerros::io
