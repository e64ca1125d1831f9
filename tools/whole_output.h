// A file that appears whole under its name, or not at all.
//
// Lifetime: what was not published goes with the object.
#pragma once

#include <string>

#include "crypto/bytes.h"
#include "crypto/result.h"

namespace kerros::tools {

enum class Replace : bool { kNo = false, kYes = true };

class WholeOutput {
 public:
  // A nameless beginning beside `path`, readable by its owner only. kConflict when `path` exists
  // and may not be replaced.
  static Result<WholeOutput> create(const std::string& path, Replace replace);

  WholeOutput(WholeOutput&& other) noexcept;
  WholeOutput& operator=(WholeOutput&&) = delete;
  ~WholeOutput();

  Status write(ByteView bytes);
  Status publish();  // durable, then under its name; kConflict when one appeared meanwhile

 private:
  WholeOutput(std::string path, std::string temporary, int fd, Replace replace);
  tl::unexpected<Error> failed(std::string_view operation) const;
  tl::unexpected<Error> exists() const;

  std::string path_;
  std::string temporary_;
  int fd_;
  Replace replace_;
};

}  // namespace kerros::tools
