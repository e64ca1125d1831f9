// One request and one reply, as the handlers see them.
//
// Thread safety: values. Lifetime: a BodySource lives as long as its request.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "tools/sandbox/encoding.h"

namespace kerros::sandbox {

inline constexpr std::size_t kTransferBuffer = 256 * 1024;

struct Header {
  std::string name;
  std::string value;
};

struct RequestHead {
  std::string method;
  std::string target;  // as received
  std::string host;    // lower case, without port
  std::vector<Header> headers;
  std::optional<std::uint64_t> content_length;
  bool chunked = false;

  std::optional<std::string> find(std::string_view name) const {
    for (const Header& header : headers) {
      if (equal_ignoring_case(header.name, name)) return header.value;
    }
    return std::nullopt;
  }
  std::string path() const { return target.substr(0, target.find('?')); }
};

// The client went away, or broke the framing, before the body was whole.
struct BodyCut : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class BodySource {
 public:
  virtual ~BodySource() = default;
  // Fills the buffer as far as the body goes; 0 is the end. Throws BodyCut.
  virtual std::size_t read(char* buffer, std::size_t size) = 0;
};

// An open file to send from: what it is called by then does not matter.
class OpenFile {
 public:
  explicit OpenFile(const std::filesystem::path& path);  // throws std::system_error
  ~OpenFile();
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  std::uint64_t size() const;
  // 0 at the end of the file.
  std::size_t read_at(std::uint64_t offset, char* buffer, std::size_t size) const;

 private:
  int descriptor_;
};

struct FileSlice {
  std::shared_ptr<const OpenFile> file;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

class Connection;

enum class Framing { kLength, kChunked, kUntilClose };

struct Reply {
  unsigned status = 200;
  std::vector<Header> headers;
  std::string body;
  std::optional<FileSlice> file;  // instead of body
  Framing framing = Framing::kLength;
  // After a 101 the connection speaks another protocol: it goes there, with what of it came early.
  std::function<void(Connection&, std::string)> converse;
  bool reset_instead = false;  // the connection is reset; nothing of this is sent

  void set(std::string name, std::string value) {
    headers.push_back({std::move(name), std::move(value)});
  }
  std::uint64_t size() const { return file ? file->length : body.size(); }
};

}  // namespace kerros::sandbox
