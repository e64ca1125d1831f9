#include "tools/sandbox/expand.h"

#include "tools/sandbox/encoding.h"
#include "tools/sandbox/refusal.h"

namespace kerros::sandbox {
namespace {

// The pieces between separators that stand outside of parentheses.
std::vector<std::string> split_outside(std::string_view text, char separator) {
  std::vector<std::string> out(1);
  int depth = 0;
  for (const char c : text) {
    if (c == '(') ++depth;
    if (c == ')' && --depth < 0) throw bad_request("A parenthesis closes that was never opened");
    if (c == separator && depth == 0) {
      out.emplace_back();
    } else {
      out.back().push_back(c);
    }
  }
  if (depth != 0) throw bad_request("A parenthesis is never closed");
  return out;
}

// Inside parentheses options are parted by ';', in a query by '&'.
Query options_of(std::string_view inside) {
  std::string text;
  for (const std::string& option : split_outside(inside, ';')) {
    if (!text.empty()) text += '&';
    text += percent_encode(option, "$=,();'");
  }
  return Query(text);
}

}  // namespace

std::vector<Expansion> parse_expand(std::string_view text) {
  std::vector<Expansion> out;
  for (const std::string& piece : split_outside(text, ',')) {
    const std::string_view part = trim(piece);
    if (part.empty()) continue;
    const auto open = part.find('(');
    const bool closes = open == std::string_view::npos || part.back() == ')';
    if (!closes) throw bad_request("Text follows a closing parenthesis");
    out.push_back({std::string(part.substr(0, open)),
                   open == std::string_view::npos
                       ? Query()
                       : options_of(part.substr(open + 1, part.size() - open - 2))});
  }
  return out;
}

std::vector<Expansion> expansions_of(const Query& query) {
  const auto text = query.find("expand");
  return text ? parse_expand(*text) : std::vector<Expansion>();
}

}  // namespace kerros::sandbox
