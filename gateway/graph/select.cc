#include "gateway/graph/select.h"

#include <algorithm>
#include <array>

#include "gateway/graph/percent.h"

namespace kerros::graph {

namespace {

constexpr std::array<std::string_view, 4> kNeeded{"id", "cTag", "parentReference", "size"};

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(separator, begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

bool is_named(const std::vector<std::string_view>& fields, std::string_view name) {
  return std::ranges::any_of(fields,
                             [&](std::string_view field) { return lower(field) == lower(name); });
}

// Only what depends on the content needs the item's name; everything else is left alone.
bool depends_on_content(const std::vector<std::string_view>& fields) {
  return std::ranges::any_of(fields, [](std::string_view field) {
    const std::string name = lower(field);
    return name == "size" || name == "file" || name.ends_with("downloadurl");
  });
}

// In any spelling that upstream may understand: "%24Select=".
bool is_select(std::string_view pair) {
  const auto decoded = decode_percent(pair.substr(0, pair.find('=')), Plus::kSpace);
  if (!decoded) return false;
  const std::string name = lower(decoded->text);
  return name == "$select" || name == "select";
}

// Takes `suffix` away where an option's value ends with it.
void erase_at_ends(std::string& text, std::string_view suffix) {
  for (std::size_t at = text.find(suffix); at != std::string::npos; at = text.find(suffix, at)) {
    const std::size_t end = at + suffix.size();
    if (end == text.size() || text[end] == '&')
      text.erase(at, suffix.size());
    else
      ++at;
  }
}

}  // namespace

WidenedSelect widen_select(const Target& target) {
  WidenedSelect widened{target.raw_query, {}, ""};
  const std::string* select = target.option("select");
  if (select == nullptr) return widened;
  const auto fields = split(*select, ',');
  if (!depends_on_content(fields) || is_named(fields, "*")) return widened;
  for (const std::string_view needed : kNeeded)
    if (!is_named(fields, needed)) widened.added.emplace_back(needed);
  for (const std::string& name : widened.added) widened.suffix += "," + name;
  std::string query;
  for (const std::string_view pair : split(target.raw_query, '&')) {
    if (!query.empty()) query += '&';
    query += pair;
    if (is_select(pair)) query += widened.suffix;
  }
  widened.raw_query = std::move(query);
  return widened;
}

std::string narrow_link(std::string_view url, const WidenedSelect& widened) {
  std::string narrowed(url);
  if (widened.suffix.empty()) return narrowed;
  erase_at_ends(narrowed, widened.suffix);
  std::string encoded;
  for (const char c : widened.suffix) encoded += c == ',' ? std::string("%2C") : std::string(1, c);
  erase_at_ends(narrowed, encoded);
  return narrowed;
}

}  // namespace kerros::graph
