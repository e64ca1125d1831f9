#include "tools/disk_room.h"

#include <sys/statvfs.h>

#include <filesystem>

namespace kerros::tools {

std::optional<std::uint64_t> free_bytes(const std::string& directory) {
  std::filesystem::path path(directory);
  struct statvfs status{};
  while (::statvfs(path.c_str(), &status) != 0) {
    if (!path.has_relative_path()) return std::nullopt;
    path = path.parent_path();
  }
  return std::uint64_t{status.f_bavail} * status.f_frsize;
}

}  // namespace kerros::tools
