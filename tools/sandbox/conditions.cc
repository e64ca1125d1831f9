#include "tools/sandbox/conditions.h"

#include <algorithm>

#include "tools/sandbox/encoding.h"
#include "tools/sandbox/refusal.h"

namespace kerros::sandbox {

std::vector<std::string> parse_tags(std::string_view header) {
  std::vector<std::string> tags;
  std::string_view rest = trim(header);
  if (rest == "*") return {"*"};
  while (!rest.empty()) {
    const std::size_t open = rest.starts_with("W/\"") ? 2 : 0;
    const auto close = rest.size() > open ? rest.find('"', open + 1) : std::string_view::npos;
    if (close == std::string_view::npos || rest[open] != '"') {
      throw Refusal(400, "invalidRequest", "The entity tag is malformed", "malformedEntityTag");
    }
    tags.emplace_back(rest.substr(0, close + 1));
    rest = trim(rest.substr(close + 1));
    if (rest.starts_with(',')) rest = trim(rest.substr(1));
  }
  return tags;
}

bool matches_any(const std::vector<std::string>& tags, const std::vector<std::string>& own,
                 bool exists) {
  if (!exists) return false;
  return std::any_of(tags.begin(), tags.end(), [&](const std::string& tag) {
    return tag == "*" || std::find(own.begin(), own.end(), tag) != own.end();
  });
}

}  // namespace kerros::sandbox
