#include <algorithm>
#include <string>
#include <vector>

#include "gateway/policy/decide.h"
#include "gateway/policy/fold.h"

namespace kerros::policy {
namespace {

// Matches a pattern with stars against a text by remembering only the last star: O(n * m), whatever
// the pattern, because an earlier star never needs to give back what a later one can take.
template <typename Pattern, typename Text, typename IsStar, typename Fits>
bool star_match(const Pattern& pattern, const Text& text, IsStar is_star, Fits fits) {
  constexpr auto kNone = static_cast<std::size_t>(-1);
  std::size_t p = 0, t = 0, star = kNone, taken = 0;
  while (t < text.size()) {
    if (p < pattern.size() && is_star(pattern[p])) {
      star = p++;
      taken = t;
    } else if (p < pattern.size() && fits(pattern[p], text[t])) {
      ++p;
      ++t;
    } else if (star != kNone) {
      p = star + 1;
      t = ++taken;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && is_star(pattern[p])) ++p;
  return p == pattern.size();
}

bool name_matches(const std::u32string& pattern, const std::u32string& text) {
  return star_match(
      pattern, text, [](char32_t c) { return c == U'*'; },
      [](char32_t wanted, char32_t c) { return wanted == U'?' || wanted == c; });
}

std::vector<std::u32string> names_of(std::string_view path) {
  std::vector<std::u32string> names;
  while (!path.empty()) {
    const std::string_view one = path.substr(0, path.find('/'));
    if (!one.empty()) names.push_back(fold(one));
    path.remove_prefix(std::min(path.size(), one.size() + 1));
  }
  return names;
}

}  // namespace

bool glob_matches(std::string_view glob, std::string_view path) {
  return star_match(
      names_of(glob), names_of(path), [](const std::u32string& name) { return name == U"**"; },
      name_matches);
}

}  // namespace kerros::policy
