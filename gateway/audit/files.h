// The few file operations that the log needs, each telling the reason when it fails.
//
// Every failure is kUnavailable with the operation, the path and the system's reason; a path that
// is not there is kNotFound where a caller can act on it.
// Thread safety: pure functions over the file system; an Fd has one owner.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/result.h"

namespace kerros::audit {

class Fd {  // closes itself
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept;
  ~Fd();
  int get() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

tl::unexpected<Error> system_failure(std::string_view operation, const std::string& path);

Result<Fd> open_file(const std::string& path, int flags);  // new files are 0600
Result<std::uint64_t> size_of(int fd, const std::string& path);
Result<std::size_t> read_at(int fd, MutableByteView out, std::uint64_t offset,
                            const std::string& path);  // fewer bytes only at the end of the file
Status write_at(int fd, ByteView bytes, std::uint64_t offset, const std::string& path);
Status cut_to(int fd, std::uint64_t length, const std::string& path);
Status sync_data(int fd, const std::string& path);

// kNotFound when it is not there; kMalformed when larger than `limit`.
Result<Bytes> read_whole(const std::string& path, std::size_t limit);
// Readers see the old bytes or the new ones, never a mixture. replace_file is durable when it
// returns, place_file after sync_files.
Status replace_file(const std::string& path, ByteView bytes);
Status place_file(const std::string& path, ByteView bytes);
// Makes files written before, and their names, durable.
Status sync_files(const std::vector<std::string>& paths);
Status sync_directory(const std::string& path);  // that a name is gone is durable then

Status make_directory(const std::string& path);  // with its parents, 0700
bool exists(const std::string& path);
Result<std::vector<std::string>> names_in(const std::string& directory);  // in order

}  // namespace kerros::audit
