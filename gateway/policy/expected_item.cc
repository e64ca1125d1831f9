#include "gateway/policy/expected_item.h"

#include <algorithm>

#include "gateway/policy/fold.h"

namespace kerros::policy {
namespace {

struct NameParts {
  std::string_view stem, extension;
};

NameParts parts_of(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return {name, {}};
  return {name.substr(0, dot), name.substr(dot)};
}

bool is_number_in_name(char32_t c) {
  return (c >= U'0' && c <= U'9') || c == U' ' || c == U'(' || c == U')' || c == U'-';
}

bool names_agree(std::string_view expected, std::string_view actual) {
  if (fold(expected) == fold(actual)) return true;
  const NameParts wanted = parts_of(expected);
  const NameParts got = parts_of(actual);
  if (fold(wanted.extension) != fold(got.extension)) return false;
  const std::u32string stem = fold(wanted.stem);
  const std::u32string longer = fold(got.stem);
  return longer.starts_with(stem) &&
         std::ranges::all_of(longer.substr(stem.size()), is_number_in_name);
}

}  // namespace

std::string_view parent_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return {};
  return slash == 0 ? path.substr(0, 1) : path.substr(0, slash);
}

std::string_view name_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

bool is_expected(const ExpectedItem& expected, const FoundPlace& found) {
  if (expected.drive_id != found.drive_id || found.item_id.empty()) return false;
  const bool named = !expected.item_id.empty();
  if (named && expected.item_id != found.item_id) return false;
  if (found.path.empty()) return named;
  if (!expected.name.empty() && !names_agree(expected.name, name_of(found.path))) return false;
  return expected.parent.empty() || fold(expected.parent) == fold(parent_of(found.path));
}

bool is_named_place(const ExpectedItem& expected, const FoundPlace& found) {
  if (expected.drive_id != found.drive_id || found.item_id.empty() || found.path.empty() ||
      expected.parent.empty() || expected.name.empty())
    return false;
  return fold(expected.name) == fold(name_of(found.path)) &&
         fold(expected.parent) == fold(parent_of(found.path));
}

}  // namespace kerros::policy
