#include "gateway/sharepoint/call_words.h"

#include <algorithm>

#include "gateway/graph/head.h"
#include "gateway/graph/percent.h"
#include "gateway/graph/query.h"

namespace kerros::sharepoint {
namespace {

Status check(std::string_view name) {
  if (name.empty()) return fail(ErrorCode::kMalformed, "an empty segment");
  if (graph::is_dot_segment(name)) return fail(ErrorCode::kMalformed, "a dot segment");
  if (name.front() == ' ' || name.back() == ' ' || name.back() == '.')
    return fail(ErrorCode::kMalformed, "a name with outer blanks or a final dot");
  return {};
}

// Where the segment at `begin` ends: the first '/' outside quotes of parentheses; npos when
// something is left open or nested.
std::size_t segment_end(std::string_view path, std::size_t begin) {
  bool inside = false, quoted = false;
  for (std::size_t i = begin; i < path.size(); ++i) {
    const char c = path[i];
    if (quoted || (inside && c == '\'')) {
      if (c == '\'') quoted = !quoted;  // a doubled quote closes and opens again
    } else if (c == '(' || c == ')') {
      if (inside == (c == '(')) return std::string_view::npos;
      inside = c == '(';
    } else if (c == '/' && !inside) {
      return i;
    }
  }
  return inside || quoted ? std::string_view::npos : path.size();
}

// The first argument of a list, cut off at a comma outside quotes.
std::string_view next_argument(std::string_view& list) {
  bool quoted = false;
  std::size_t i = 0;
  for (; i < list.size() && (quoted || list[i] != ','); ++i)
    if (list[i] == '\'') quoted = !quoted;
  const std::string_view one = list.substr(0, i);
  list.remove_prefix(std::min(list.size(), i + 1));
  return one;
}

// The text that an argument stands for; nullopt for numbers, guids and the like.
Result<std::optional<std::string>> text_of(std::string_view argument,
                                           const std::vector<graph::QueryOption>& options) {
  const std::size_t quote = argument.find('\'');
  if (const std::size_t equals = argument.find('='); equals < quote)
    argument.remove_prefix(equals + 1);
  while (argument.starts_with(' ')) argument.remove_prefix(1);
  if (argument.starts_with('@')) {
    const auto alias = std::ranges::find_if(options, [&](const graph::QueryOption& option) {
      return graph::same_name(option.name, argument);
    });
    if (alias == options.end()) return fail(ErrorCode::kMalformed, "an alias without a value");
    argument = alias->value;
    if (argument.starts_with('@')) return fail(ErrorCode::kMalformed, "an alias of an alias");
  }
  if (!argument.starts_with('\'')) return std::nullopt;
  auto text = graph::unquoted(argument);
  if (!text) return fail(ErrorCode::kMalformed, "an argument with stray quotes");
  return text;
}

Result<Word> word_of(std::string_view segment, const std::vector<graph::QueryOption>& options) {
  const std::size_t open = segment.find('(');
  Word word{in_lower_case(segment.substr(0, open)), std::nullopt, 0};
  if (auto ok = check(word.name); !ok) return tl::unexpected(ok.error());
  if (open == std::string_view::npos) {
    if (segment.find('\'') != std::string_view::npos)
      return fail(ErrorCode::kMalformed, "quotes without parentheses");
    return word;
  }
  if (segment.back() != ')') return fail(ErrorCode::kMalformed, "parentheses out of place");
  std::string_view list = segment.substr(open + 1, segment.size() - open - 2);
  while (!list.empty()) {
    auto text = text_of(next_argument(list), options);
    if (!text) return tl::unexpected(text.error());
    if (!word.argument) word.argument = *std::move(text);
  }
  return word;
}

}  // namespace

std::string in_lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

Result<Word> plain_word(std::string_view name) {
  if (auto ok = check(name); !ok) return tl::unexpected(ok.error());
  return Word{in_lower_case(name), std::nullopt, 0};
}

Result<std::vector<Word>> call_words(std::string_view path, std::size_t begin,
                                     const std::vector<graph::QueryOption>& options) {
  std::vector<Word> words;
  for (std::size_t at = begin; at + 1 < path.size();) {
    const std::size_t end = segment_end(path, at + 1);
    if (end == std::string_view::npos)
      return fail(ErrorCode::kMalformed, "quotes or parentheses left open");
    auto word = word_of(path.substr(at + 1, end - at - 1), options);
    if (!word) return tl::unexpected(word.error());
    word->end = end;
    words.push_back(*std::move(word));
    at = end;
  }
  return words;
}

}  // namespace kerros::sharepoint
