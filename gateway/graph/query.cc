#include "gateway/graph/query.h"

#include <algorithm>
#include <array>

#include "gateway/graph/head.h"
#include "gateway/graph/percent.h"

namespace kerros::graph {
namespace {

constexpr std::array<std::string_view, 11> kSteering{"select",    "expand", "top",     "skip",
                                                     "skiptoken", "filter", "orderby", "format",
                                                     "search",    "count",  "token"};
constexpr std::array<std::string_view, 3> kConflictSpellings{
    "@microsoft.graph.conflictBehavior", "@name.conflictBehavior", "@odata.conflictBehavior"};

std::string_view without_dollar(std::string_view name) {
  return name.starts_with('$') ? name.substr(1) : name;
}

bool is_conflict(std::string_view name) {
  return std::ranges::any_of(kConflictSpellings,
                             [&](std::string_view one) { return same_name(one, name); });
}

// One word for all spellings of an option that may come once; empty for any other option.
std::string_view once(std::string_view name) {
  if (is_conflict(name)) return kConflictSpellings[0];
  for (const std::string_view one : kSteering)
    if (same_name(one, without_dollar(name))) return one;
  return name.starts_with('@') ? name : std::string_view{};  // an alias
}

std::string_view next_option(std::string_view& rest) {
  const std::string_view one = rest.substr(0, rest.find('&'));
  rest.remove_prefix(std::min(rest.size(), one.size() + 1));
  return one;
}

}  // namespace

Result<std::vector<QueryOption>> parse_query(std::string_view raw) {
  std::vector<QueryOption> options;
  while (!raw.empty()) {
    const std::string_view one = next_option(raw);
    if (one.empty()) continue;
    if (options.size() == kMostOptions) return fail(ErrorCode::kMalformed, "too many options");
    const std::size_t equals = one.find('=');
    auto name = decode_percent(one.substr(0, equals), Plus::kSpace);
    if (!name) return tl::unexpected(name.error());
    auto value = decode_percent(
        equals == std::string_view::npos ? std::string_view{} : one.substr(equals + 1),
        Plus::kSpace);
    if (!value) return tl::unexpected(value.error());
    const std::string_view word = once(name->text);
    if (!word.empty() && std::ranges::any_of(options, [&](const QueryOption& other) {
          return once(other.name) == word;
        }))
      return fail(ErrorCode::kMalformed, "a query option given twice");
    options.push_back({std::move(name->text), std::move(value->text)});
  }
  return options;
}

std::string_view raw_option(std::string_view raw_query, std::string_view name) {
  while (!raw_query.empty()) {
    const std::string_view one = next_option(raw_query);
    const auto decoded = decode_percent(one.substr(0, one.find('=')), Plus::kSpace);
    if (decoded && decoded->text == name) return one;
  }
  return {};
}

const std::string* Target::option(std::string_view name_without_dollar) const {
  for (const auto& [name, value] : options)
    if (same_name(without_dollar(name), name_without_dollar)) return &value;
  return nullptr;
}

std::string conflict_behavior(const Target& target) {
  for (const auto& [name, value] : target.options)
    if (is_conflict(name)) return value;
  return {};
}

std::optional<std::string> unquoted(std::string_view text) {
  if (text.size() < 2 || text.front() != '\'' || text.back() != '\'') return std::nullopt;
  text = text.substr(1, text.size() - 2);
  std::string out;
  while (!text.empty()) {
    const std::size_t quote = std::min(text.find('\''), text.size());
    out += text.substr(0, quote);
    text.remove_prefix(quote);
    if (text.empty()) break;
    if (!text.starts_with("''")) return std::nullopt;
    out += '\'';
    text.remove_prefix(2);
  }
  return out;
}

}  // namespace kerros::graph
