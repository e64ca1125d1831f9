#include "gateway/io/write/spool.h"

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

Spool::Spool(Exchange& x, std::uint64_t limit)
    : directory_(x.config().store.spool),
      room_(x.worker.shared.spool_room),
      limit_(limit),
      limit_of_all_(x.config().limits.spool_bytes) {}

Spool::~Spool() {
  if (file_ >= 0) ::close(file_);
  room_.give_back(taken_);
}

void Spool::grow(std::uint64_t size) {
  if (size > limit_)
    throw Refused{graph::Refusal::kTooLarge, "Send a Content-Length, or use an upload session.",
                  "spool limit"};
  if (size <= taken_) return;
  if (!room_.take(size - taken_, limit_of_all_))
    throw Refused{graph::Refusal::kSpoolFull, "", "limits.spool_bytes of all uploads together"};
  taken_ = size;
}

net::awaitable<void> Spool::write(ByteView sealed) {
  if (file_ < 0) {
    file_ = ::open(directory_.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (file_ < 0) throw_full("spool");
  }
  grow(size_ + sealed.size());
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
