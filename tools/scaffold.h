// A directory being made beside its final place: it goes again unless it was published.
//
// Thread safety: one thread. Lifetime: what was not published is removed with the object, a key
// file made elsewhere included.
#pragma once

#include <sys/types.h>

#include <string>

#include "crypto/result.h"

namespace kerros::tools {

// kUnavailable: "cannot WHAT", with the system's reason.
tl::unexpected<Error> cannot(const std::string& what, int reason);

class Scaffold {
 public:
  static Result<Scaffold> raise(const std::string& directory);
  Scaffold(Scaffold&& other) noexcept;
  Scaffold& operator=(Scaffold&&) = delete;
  ~Scaffold();

  std::string at(const std::string& name) const { return path_ + "/" + name; }
  void made_key_file_elsewhere(const std::string& path) { key_file_ = path; }
  Status make_directory(const std::string& name, mode_t mode) const;

  // Durable, then under its name. kConflict when something lies there by now.
  Status publish(const std::string& directory);

 private:
  explicit Scaffold(std::string path) : path_(std::move(path)) {}
  std::string path_;
  std::string key_file_;
};

}  // namespace kerros::tools
