// The head of an HTTP message as the deciding rooms see it: no sockets, no parser types.
//
// Thread safety: plain values. Source: RFC 9110.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kerros::graph {

enum class Method : std::uint8_t { kGet, kHead, kPut, kPost, kPatch, kDelete, kOptions, kOther };
Method method_of(std::string_view token);  // case-sensitive, RFC 9110 9.1
std::string_view name(Method method);

// Field lines in the order received; names keep their spelling and compare without case.
class Fields {
 public:
  void add(std::string name, std::string value);
  void set(std::string_view name, std::string value);  // replaces every line of that name
  void remove(std::string_view name);
  std::optional<std::string_view> find(std::string_view name) const;  // the first line
  std::size_t count(std::string_view name) const;
  const std::vector<std::pair<std::string, std::string>>& lines() const { return lines_; }

 private:
  std::vector<std::pair<std::string, std::string>> lines_;
};

struct RequestHead {
  Method method = Method::kOther;
  std::string method_token;
  std::string target;  // the octets of the request line, untouched
  Fields fields;
};

struct ResponseHead {
  unsigned status = 0;
  Fields fields;
};

// A body's framing as RFC 9112 6 decides it.
struct Framing {
  enum class Kind : std::uint8_t { kNone, kLength, kChunked, kUntilClose } kind = Kind::kNone;
  std::uint64_t length = 0;  // with kLength
};

}  // namespace kerros::graph
