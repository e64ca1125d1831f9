#include "tools/sandbox/rest_target.h"

#include "tools/sandbox/encoding.h"
#include "tools/sandbox/refusal.h"

namespace kerros::sandbox {
namespace {

// Where the text at `begin` ends: at one of `ends` outside quotes and parentheses.
std::size_t end_of(std::string_view text, std::size_t begin, std::string_view ends) {
  bool quoted = false;
  int depth = 0;
  for (std::size_t i = begin; i < text.size(); ++i) {
    if (text[i] == '\'') quoted = !quoted;
    if (quoted) continue;
    if (depth == 0 && ends.find(text[i]) != std::string_view::npos) return i;
    depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
  }
  if (quoted || depth != 0) throw bad_request("The address has open quotes or parentheses");
  return text.size();
}

std::string text_of(std::string_view literal) {
  if (literal.starts_with("guid'")) literal.remove_prefix(4);
  if (!literal.starts_with('\'')) return std::string(literal);
  if (literal.size() < 2 || !literal.ends_with('\'')) throw bad_request("A text has stray quotes");
  std::string out;
  for (std::size_t i = 1; i + 1 < literal.size(); ++i) {
    if (literal[i] == '\'' && literal[++i] != '\'') throw bad_request("A text has stray quotes");
    out.push_back(literal[i]);
  }
  return out;
}

RestStep::Argument argument_of(std::string_view text, const Query& query) {
  RestStep::Argument out;
  text = trim(text);
  const auto equals = text.find('=');
  if (equals < text.find('\'')) {
    out.name = lower_ascii(trim(text.substr(0, equals)));
    text = trim(text.substr(equals + 1));
  }
  std::string literal(text);
  if (literal.starts_with('@')) {
    const auto value = query.find(literal);
    if (!value) throw bad_request("An alias has no value");
    literal = *value;
  }
  out.value = text_of(literal);
  return out;
}

RestStep step_of(std::string_view text, const Query& query) {
  const auto open = text.find('(');
  RestStep step{lower_ascii(text.substr(0, open)), {}};
  if (open == std::string_view::npos) return step;
  if (!text.ends_with(')')) throw bad_request("Something follows the arguments");
  const std::string_view list = text.substr(open + 1, text.size() - open - 2);
  for (std::size_t at = 0; at < list.size();) {
    const std::size_t end = end_of(list, at, ",");
    step.arguments.push_back(argument_of(list.substr(at, end - at), query));
    at = end + 1;
  }
  return step;
}

}  // namespace

std::optional<std::string> RestStep::argument(std::string_view wanted) const {
  for (const Argument& one : arguments) {
    if (one.name == wanted) return one.value;
  }
  if (!arguments.empty() && arguments.front().name.empty()) return arguments.front().value;
  return std::nullopt;
}

std::vector<RestStep> parse_rest(std::string_view raw, const Query& query) {
  const auto path = percent_decode(raw);
  if (!path || path->find('\0') != std::string::npos) {
    throw bad_request("The path has a malformed percent-encoding");
  }
  std::vector<RestStep> steps;
  for (std::size_t at = 0; at < path->size();) {
    const std::size_t end = end_of(*path, at, "/");
    if (end == at) throw bad_request("The path has an empty step");
    steps.push_back(step_of(std::string_view(*path).substr(at, end - at), query));
    at = end + 1;
  }
  return steps;
}

}  // namespace kerros::sandbox
