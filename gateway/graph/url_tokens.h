// Cuts a decoded Graph path into tokens: segments, keys in parentheses and colon paths.
//
//   /drives('b!x')/root:/A/b.txt:/content
//   |drives, key b!x |root|colon path /A/b.txt |content
//
// Outside colon paths a '/' or ':' within quotes of parentheses is text; inside a colon path quotes
// and parentheses are text, because names may hold them and may not hold a colon. A ':' opens a
// colon path only before '/': ids such as "19:abc@thread.v2" are left whole.
// Thread safety: pure functions. Errors: kMalformed with the form in the detail.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/result.h"
#include "gateway/graph/percent.h"

namespace kerros::graph {

struct Token {
  enum class Kind : std::uint8_t { kSegment, kColonPath } kind = Kind::kSegment;
  std::string text;                // decoded; a colon path begins with '/', or is empty for "/"
  std::optional<std::string> key;  // children('x'): x with quotes undoubled
  bool called = false;             // whether parentheses follow, with or without a key
  bool closed = true;              // a colon path: whether the closing colon is there
  // Where the token ends in the raw path: behind a closing colon, before a trailing '/'.
  std::size_t raw_end = 0;
  bool is(std::string_view word) const { return kind == Kind::kSegment && text == word; }
};

// `begin` is where in `path` the tokens start; there must be a '/'. One trailing '/' is allowed.
Result<std::vector<Token>> tokenize(const Decoded& path, std::size_t begin);

// One name below a folder: refuses "", ".", "..", and blanks or dots that the service would drop.
Status check_name(std::string_view name);

}  // namespace kerros::graph
