// A file read from front to back, as crypto/whole_file.h asks for it.
//
// Lifetime: closes itself.
#pragma once

#include <string>

#include "crypto/whole_file.h"

namespace kerros::tools {

class InputFile {
 public:
  static Result<InputFile> open(const std::string& path);  // kNotFound, kUnavailable
  InputFile(InputFile&& other) noexcept;
  InputFile& operator=(InputFile&&) = delete;
  ~InputFile();

  Result<std::size_t> read_some(MutableByteView out);  // 0 at the end
  std::uint64_t size() const { return size_; }

 private:
  InputFile(std::string path, int fd, std::uint64_t size);
  std::string path_;
  int fd_;
  std::uint64_t size_;
};

// The prefix of a sealed file, with a complaint that names the file when it is none.
Result<crypto::Prefix> read_prefix_of(InputFile& file, const std::string& path);

}  // namespace kerros::tools
