#include "tools/sandbox/query.h"

#include "tools/sandbox/encoding.h"

namespace kerros::sandbox {
namespace {

std::string option_name(std::string_view raw) {
  std::string name = percent_decode(raw).value_or(std::string(raw));
  if (name.starts_with('$')) name.erase(0, 1);
  return name;
}

}  // namespace

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const auto at = text.find(separator);
    parts.emplace_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

Query::Query(std::string_view raw) : raw_(raw) {
  if (raw.empty()) return;
  for (const std::string& part : split(raw, '&')) {
    const auto equals = part.find('=');
    const std::string value = equals == std::string::npos ? "" : part.substr(equals + 1);
    options_.push_back({option_name(std::string_view(part).substr(0, equals)), value});
  }
}

std::optional<std::string> Query::find_raw(std::string_view name) const {
  for (const Option& option : options_) {
    if (option.name == name) return option.raw_value;
  }
  return std::nullopt;
}

std::optional<std::string> Query::find(std::string_view name) const {
  const auto raw = find_raw(name);
  return raw ? percent_decode(*raw) : std::nullopt;
}

std::string Query::conflict_behavior() const {
  for (const char* name : {"@microsoft.graph.conflictBehavior", "@name.conflictBehavior"}) {
    if (const auto value = find(name)) return lower_ascii(*value);
  }
  return {};
}

std::vector<std::string> Query::list(std::string_view name) const {
  std::vector<std::string> out;
  const auto value = find(name);
  if (!value) return out;
  for (const std::string& part : split(*value, ',')) {
    if (!trim(part).empty()) out.emplace_back(trim(part));
  }
  return out;
}

std::string Query::without(std::string_view name) const {
  std::string out;
  if (raw_.empty()) return out;
  for (const std::string& part : split(raw_, '&')) {
    if (option_name(std::string_view(part).substr(0, part.find('='))) == name) continue;
    if (!out.empty()) out.push_back('&');
    out += part;
  }
  return out;
}

}  // namespace kerros::sandbox
