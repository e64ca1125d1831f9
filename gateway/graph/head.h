// The head of an HTTP message as the deciding rooms see it: no sockets, no parser types.
//
// Thread safety: plain values and pure functions. Source: RFC 9110; RFC 9112 6 for framing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crypto/result.h"

namespace kerros::graph {

enum class Method : std::uint8_t { kGet, kHead, kPut, kPost, kPatch, kDelete, kOptions, kOther };
Method method_of(std::string_view token);  // case-sensitive, RFC 9110 9.1
std::string_view name(Method method);

bool same_name(std::string_view a, std::string_view b);  // field names: ASCII, without case

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
  std::string reason = {};  // of the status line; empty: the usual phrase
};

// A body's framing as RFC 9112 6 decides it.
struct Framing {
  enum class Kind : std::uint8_t { kNone, kLength, kChunked, kUntilClose } kind = Kind::kNone;
  std::uint64_t length = 0;  // with kLength
};

// kMalformed where two readers of the same head could disagree about where the body ends: both
// framings at once, Content-Length twice or not plain digits, a coding other than "chunked".
Result<Framing> request_framing(const RequestHead& head);
// `request` is the method that was asked: an answer to HEAD has no body.
Result<Framing> response_framing(Method request, const ResponseHead& head);

}  // namespace kerros::graph
