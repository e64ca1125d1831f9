#include "tools/sandbox/target_reader.h"

#include "tools/sandbox/encoding.h"
#include "tools/sandbox/query.h"
#include "tools/sandbox/refusal.h"

namespace kerros::sandbox {
namespace {

char syntax_character(std::string_view triplet) {
  const std::string lower = lower_ascii(triplet);
  if (lower == "%3a") return ':';
  if (lower == "%2f") return '/';
  return lower == "%27" ? '\'' : '\0';
}

std::string decode_syntax(std::string_view path) {
  std::string out;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const char meant = path[i] == '%' ? syntax_character(path.substr(i, 3)) : '\0';
    out.push_back(meant == '\0' ? path[i] : meant);
    if (meant != '\0') i += 2;
  }
  return out;
}

std::string decode(std::string_view text) {
  auto decoded = percent_decode(text);
  if (!decoded) throw bad_request("The path has a malformed percent-encoding");
  if (decoded->find('\0') != std::string::npos) throw bad_request("The path has a NUL");
  return *decoded;
}

std::vector<std::string> names_of(std::string_view path) {
  std::vector<std::string> names;
  if (path.ends_with('/')) path.remove_suffix(1);
  if (path.empty()) return names;
  for (const std::string& raw : split(path, '/')) {
    const std::string name = decode(raw);
    if (name == ".") continue;
    if (name.empty() || name == "..") throw bad_request("The path has an empty or upward step");
    names.push_back(name);
  }
  return names;
}

}  // namespace

std::string without_quotes(std::string_view text) {
  if (text.size() < 2 || text.front() != '\'' || text.back() != '\'') return std::string(text);
  std::string out(text.substr(1, text.size() - 2));
  for (auto at = out.find("''"); at != std::string::npos; at = out.find("''", at + 1)) {
    out.erase(at, 1);
  }
  return out;
}

std::string key_form(std::string_view segment, std::string_view collection) {
  const std::string head = std::string(collection) + "(";
  if (!segment.starts_with(head) || !segment.ends_with(')')) return {};
  return without_quotes(segment.substr(head.size(), segment.size() - head.size() - 1));
}

std::string argument(std::string_view segment, std::string_view name) {
  const std::string head = std::string(name) + "='";
  auto at = segment.find("(" + head);
  if (at == std::string_view::npos) at = segment.find("," + head);
  if (at == std::string_view::npos) return {};
  const std::size_t first = at + 1 + head.size();
  std::size_t last = first;
  while (last < segment.size()) {
    if (segment[last] == '\'' && segment.substr(last, 2) != "''") break;
    last += segment[last] == '\'' ? 2 : 1;
  }
  return without_quotes(segment.substr(first - 1, last + 2 - first));
}

TargetReader::TargetReader(std::string_view path) : rest_(decode_syntax(path)) {}

std::size_t TargetReader::segment_end(std::string_view separators) const {
  bool quoted = false;
  for (std::size_t i = 0; i < rest_.size(); ++i) {
    const bool opens = i > 0 && (rest_[i - 1] == '(' || rest_[i - 1] == '=');
    if (rest_[i] == '\'' && (quoted || opens)) quoted = !quoted;
    if (!quoted && separators.find(rest_[i]) != std::string_view::npos) return i;
    // A doubled quote closes and opens at once.
    if (!quoted && rest_[i] == '\'' && i + 1 < rest_.size() && rest_[i + 1] == '\'') {
      quoted = true;
      ++i;
    }
  }
  return rest_.size();
}

std::string TargetReader::segment() {
  if (front() == '/') rest_.erase(0, 1);
  const std::string out = rest_.substr(0, segment_end("/:"));
  rest_.erase(0, out.size());
  return decode(out);
}

std::string TargetReader::segment_with_colons() {
  if (front() == '/') rest_.erase(0, 1);
  const std::string out = rest_.substr(0, segment_end("/"));
  rest_.erase(0, out.size());
  return decode(out);
}

bool TargetReader::take(std::string_view collection, std::string& key) {
  const std::string saved = rest_;
  const std::string word = segment();
  if (word == collection) {
    key = segment();
    return true;
  }
  const std::string named = key_form(word, collection);
  if (named.empty()) {
    rest_ = saved;
    return false;
  }
  key = named;
  return true;
}

bool TargetReader::take(std::string_view word) {
  const std::string saved = rest_;
  if (segment() == word) return true;
  rest_ = saved;
  return false;
}

bool TargetReader::next_is(std::string_view word) const {
  TargetReader ahead = *this;
  const std::string next = ahead.segment();
  return next == word || !key_form(next, word).empty();
}

bool TargetReader::take_call(std::string_view word, std::string_view name, std::string& value) {
  const std::string saved = rest_;
  const std::string called = segment();
  const std::string given =
      called.starts_with(std::string(word) + "(") ? argument(called, name) : std::string();
  if (given.empty()) {
    rest_ = saved;
    return false;
  }
  value = given;
  return true;
}

std::vector<std::string> TargetReader::colon_path() {
  rest_.erase(0, 1);
  const auto close = rest_.find(':');
  const std::string path = rest_.substr(0, close);
  rest_.erase(0, close == std::string::npos ? rest_.size() : close + 1);
  if (!path.starts_with('/')) throw bad_request("A path after a colon begins with a slash");
  if (!rest_.empty() && rest_.front() != '/') {
    throw bad_request("Only a slash may follow the closing colon");
  }
  return names_of(std::string_view(path).substr(1));
}

std::vector<std::string> TargetReader::remaining() {
  std::vector<std::string> out;
  while (!done()) {
    if (front() == ':') throw bad_request("The path has a colon where none may be");
    std::string part = segment();
    if (!part.empty()) out.push_back(std::move(part));
  }
  return out;
}

}  // namespace kerros::sandbox
