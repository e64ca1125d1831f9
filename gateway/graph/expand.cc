#include "gateway/graph/expand.h"

#include <algorithm>

namespace kerros::graph {
namespace {

Expanded read_expanded(std::string_view text) {
  const std::string_view whole = trim_blanks(text);
  const std::size_t open = std::min(whole.find('('), whole.size());
  Expanded one{small_letters(whole.substr(0, open)), whole.substr(0, open), {}};
  if (open == whole.size() || !whole.ends_with(')')) return one;
  for (const std::string_view option :
       split_option(whole.substr(open + 1, whole.size() - open - 2), ';')) {
    const std::size_t equals = std::min(option.find('='), option.size());
    const std::string name = small_letters(without_dollar(trim_blanks(option.substr(0, equals))));
    const std::string_view value = option.substr(std::min(equals + 1, option.size()));
    if (name == "select") one.options.select = value;
    if (name == "expand") one.options.expand = value;
  }
  return one;
}

}  // namespace

std::string small_letters(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

std::string_view trim_blanks(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> split_option(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  std::size_t begin = 0;
  int depth = 0;
  bool quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '\'') quoted = !quoted;
    if (quoted) continue;
    if (c == '(') ++depth;
    if (c == ')') --depth;
    if (c != separator || depth != 0) continue;
    parts.push_back(text.substr(begin, at - begin));
    begin = at + 1;
  }
  parts.push_back(text.substr(begin));
  return parts;
}

std::string_view without_dollar(std::string_view name) {
  return name.starts_with('$') ? name.substr(1) : name;
}

std::vector<Expanded> read_expand(const ExpandOptions& options) {
  std::vector<Expanded> out;
  if (options.expand)
    for (const std::string_view one : split_option(*options.expand, ','))
      out.push_back(read_expanded(one));
  return out;
}

}  // namespace kerros::graph
