#include "tools/scaffold.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include "gateway/complaint.h"

namespace kerros::tools {

namespace fs = std::filesystem;

tl::unexpected<Error> cannot(const std::string& what, int reason) {
  return complain(ErrorCode::kUnavailable, "cannot " + what,
                  std::generic_category().message(reason), "check room, owner and permissions");
}

Result<Scaffold> Scaffold::raise(const std::string& directory) {
  std::string path = directory + ".new-XXXXXX";
  if (::mkdtemp(path.data()) == nullptr)
    return cannot("make a directory beside " + directory, errno);
  return Scaffold(path);
}

Scaffold::Scaffold(Scaffold&& other) noexcept
    : path_(std::exchange(other.path_, "")), key_file_(std::exchange(other.key_file_, "")) {}

Scaffold::~Scaffold() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
  if (!key_file_.empty()) fs::remove(key_file_, ignored);
}

Status Scaffold::make_directory(const std::string& name, mode_t mode) const {
  const auto path = at(name);
  if (::mkdir(path.c_str(), 0700) != 0 || ::chmod(path.c_str(), mode) != 0)
    return cannot("make " + path, errno);
  return {};
}

Status Scaffold::publish(const std::string& directory) {
  if (::chmod(path_.c_str(), 0750) != 0) return cannot("make " + directory, errno);
  ::sync();  // certificates and all: the directory must not appear before its contents
  // Replaces an empty directory and nothing else.
  if (::rename(path_.c_str(), directory.c_str()) != 0) {
    const int reason = errno;
    if (reason != ENOTEMPTY && reason != EEXIST) return cannot("make " + directory, reason);
    return complain(ErrorCode::kConflict, directory + " is no longer empty",
                    "something was made there meanwhile", "name another directory");
  }
  path_.clear();
  key_file_.clear();
  return {};
}

}  // namespace kerros::tools
