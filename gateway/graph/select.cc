#include "gateway/graph/select.h"

#include <algorithm>
#include <array>

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

// Only what depends on the content needs the item's name; everything else is left alone.
bool depends_on_content(const std::vector<std::string_view>& fields) {
  return std::ranges::any_of(fields, [](std::string_view field) {
    return field == "size" || field == "file" || field.ends_with("downloadUrl") || field == "*";
  });
}

bool is_select(std::string_view pair) {
  const std::string_view name = pair.substr(0, pair.find('='));
  return name == "$select" || name == "select" || name == "%24select";
}

void erase_all(std::string& text, std::string_view what) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what))
    text.erase(at, what.size());
}

}  // namespace

WidenedSelect widen_select(const Target& target) {
  WidenedSelect widened{target.raw_query, {}, ""};
  const std::string* select = target.option("select");
  if (select == nullptr) return widened;
  const auto fields = split(*select, ',');
  if (!depends_on_content(fields) || std::ranges::find(fields, "*") != fields.end()) return widened;
  for (const std::string_view needed : kNeeded)
    if (std::ranges::find(fields, needed) == fields.end()) widened.added.emplace_back(needed);
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
  erase_all(narrowed, widened.suffix);
  std::string encoded;
  for (const char c : widened.suffix) encoded += c == ',' ? std::string("%2C") : std::string(1, c);
  erase_all(narrowed, encoded);
  return narrowed;
}

}  // namespace kerros::graph
