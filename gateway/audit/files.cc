#include "gateway/audit/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <set>
#include <system_error>

namespace kerros::audit {
namespace {

// Above this, one call for the whole file system is cheaper than one for each file.
constexpr std::size_t kManyFiles = 32;

std::string parent(const std::string& path) {
  return std::filesystem::path(path).parent_path().string();
}

Status sync_one(const std::string& path) {
  auto fd = open_file(path, O_RDONLY);
  if (!fd) return tl::unexpected(fd.error());
  if (::fsync(fd->get()) != 0) return system_failure("sync", path);
  return {};
}

enum class Sync { kYes, kNo };

Status put_under_name(const std::string& path, ByteView bytes, Sync sync) {
  const std::string fresh = path + ".new";
  auto fd = open_file(fresh, O_WRONLY | O_CREAT | O_TRUNC);
  if (!fd) return tl::unexpected(fd.error());
  Status written = write_at(fd->get(), bytes, 0, fresh);
  if (written && sync == Sync::kYes) written = sync_data(fd->get(), fresh);
  if (written && ::rename(fresh.c_str(), path.c_str()) != 0)
    written = system_failure("rename", fresh);
  if (!written) ::unlink(fresh.c_str());
  return written;
}

}  // namespace

Fd& Fd::operator=(Fd&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

Fd::~Fd() {
  if (fd_ >= 0) ::close(fd_);
}

tl::unexpected<Error> system_failure(std::string_view operation, const std::string& path) {
  const int number = errno;
  const ErrorCode code = number == ENOENT ? ErrorCode::kNotFound : ErrorCode::kUnavailable;
  return fail(code, "cannot " + std::string(operation) + " " + path + ": " +
                        std::generic_category().message(number));
}

Result<Fd> open_file(const std::string& path, int flags) {
  Fd fd(::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd.is_open()) return system_failure("open", path);
  return fd;
}

Result<std::uint64_t> size_of(int fd, const std::string& path) {
  struct stat info{};
  if (::fstat(fd, &info) != 0) return system_failure("look at", path);
  return static_cast<std::uint64_t>(info.st_size);
}

Result<std::size_t> read_at(int fd, MutableByteView out, std::uint64_t offset,
                            const std::string& path) {
  std::size_t done = 0;
  while (done < out.size()) {
    const ssize_t got =
        ::pread(fd, out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_failure("read", path);
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

Status write_at(int fd, ByteView bytes, std::uint64_t offset, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t put = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return system_failure("write", path);
    bytes = bytes.subspan(static_cast<std::size_t>(put));
    offset += static_cast<std::uint64_t>(put);
  }
  return {};
}

Status cut_to(int fd, std::uint64_t length, const std::string& path) {
  if (::ftruncate(fd, static_cast<off_t>(length)) != 0) return system_failure("cut", path);
  return {};
}

Status sync_data(int fd, const std::string& path) {
  if (::fdatasync(fd) != 0) return system_failure("sync", path);
  return {};
}

Result<Bytes> read_whole(const std::string& path, std::size_t limit) {
  auto fd = open_file(path, O_RDONLY);
  if (!fd) return tl::unexpected(fd.error());
  const auto size = size_of(fd->get(), path);
  if (!size) return tl::unexpected(size.error());
  if (*size > limit) return fail(ErrorCode::kMalformed, path + " is larger than it can be");
  Bytes bytes(*size);
  const auto got = read_at(fd->get(), bytes, 0, path);
  if (!got) return tl::unexpected(got.error());
  bytes.resize(*got);
  return bytes;
}

Status replace_file(const std::string& path, ByteView bytes) {
  // The bytes come before the name, or a power cut could leave an empty file under it.
  if (auto ok = put_under_name(path, bytes, Sync::kYes); !ok) return ok;
  return sync_one(parent(path));
}

Status place_file(const std::string& path, ByteView bytes) {
  return put_under_name(path, bytes, Sync::kNo);
}

Status sync_files(const std::vector<std::string>& paths) {
  if (paths.empty()) return {};
  if (paths.size() > kManyFiles) {
    auto fd = open_file(paths.front(), O_RDONLY);
    if (!fd) return tl::unexpected(fd.error());
    if (::syncfs(fd->get()) != 0) return system_failure("sync the file system of", paths.front());
    return {};
  }
  std::set<std::string> directories;
  for (const std::string& path : paths) {
    if (auto ok = sync_one(path); !ok) return ok;
    directories.insert(parent(path));
  }
  for (const std::string& directory : directories)
    if (auto ok = sync_one(directory); !ok) return ok;
  return {};
}

Status sync_directory(const std::string& path) { return sync_one(path); }

Status make_directory(const std::string& path) {
  if (path.empty() || exists(path)) return {};
  if (auto ok = make_directory(parent(path)); !ok) return ok;
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return system_failure("make", path);
  return parent(path).empty() ? Status{} : sync_one(parent(path));
}

bool exists(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

Result<std::vector<std::string>> names_in(const std::string& directory) {
  std::vector<std::string> names;
  std::error_code error;
  std::filesystem::directory_iterator entry(directory, error);
  for (const std::filesystem::directory_iterator end; !error && entry != end;
       entry.increment(error))
    names.push_back(entry->path().filename().string());
  if (error) {
    errno = error.value();
    return system_failure("list", directory);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace kerros::audit
