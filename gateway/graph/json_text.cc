#include "gateway/graph/json_text.h"

#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

namespace kerros::graph {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

unsigned code_unit(std::string_view hex) {
  unsigned unit = 0;
  std::from_chars(hex.data(), hex.data() + hex.size(), unit, 16);
  return unit;
}

void append_utf8(std::string& out, unsigned c) {
  const auto put = [&](unsigned octet) { out.push_back(static_cast<char>(octet)); };
  if (c < 0x80) return put(c);
  if (c < 0x800) {
    put(0xc0 | c >> 6);
  } else {
    if (c < 0x10000) {
      put(0xe0 | c >> 12);
    } else {
      put(0xf0 | c >> 18);
      put(0x80 | (c >> 12 & 0x3f));
    }
    put(0x80 | (c >> 6 & 0x3f));
  }
  put(0x80 | (c & 0x3f));
}

// At "uXXXX" behind the backslash; returns how many octets it and a second half took.
std::size_t append_unicode(std::string& out, std::string_view rest) {
  constexpr unsigned kReplacement = 0xfffd;
  const unsigned unit = code_unit(rest.substr(1, 4));
  if (unit < 0xd800 || unit > 0xdfff) {
    append_utf8(out, unit);
    return 5;
  }
  const std::string_view second = rest.substr(5);
  const unsigned low = second.starts_with("\\u") ? code_unit(second.substr(2, 4)) : 0;
  if (unit > 0xdbff || low < 0xdc00 || low > 0xdfff) {
    append_utf8(out, kReplacement);
    return 5;
  }
  append_utf8(out, 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00));
  return 11;
}

// The text is known to be JSON, so every escape is whole. By hand, because every eTag holds two
// escapes and a parser for each would cost more than all the rest.
std::string unescape(std::string_view quoted) {
  constexpr std::string_view kShort = "bfnrt";
  constexpr std::string_view kMeant = "\b\f\n\r\t";
  const std::string_view text = quoted.substr(1, quoted.size() - 2);
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] != '\\') {
      out.push_back(text[at++]);
      continue;
    }
    ++at;
    if (text[at] == 'u') {
      at += append_unicode(out, text.substr(at));
      continue;
    }
    const std::size_t letter = kShort.find(text[at]);
    out.push_back(letter == std::string_view::npos ? text[at] : kMeant[letter]);
    ++at;
  }
  return out;
}

}  // namespace

Result<JsonText> JsonText::parse(std::string_view text) {
  JsonText out(text);
  const std::size_t start = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  const std::string_view body = text.substr(start);
  simdjson::dom::parser parser;
  if (parser.allocate(std::max<std::size_t>(body.size(), 64), kMostDepth) != simdjson::SUCCESS)
    return fail(ErrorCode::kUnavailable, "no memory for a JSON text");
  if (parser.parse(body.data(), body.size(), true).error() != simdjson::SUCCESS)
    return fail(ErrorCode::kMalformed, "not a JSON text");
  out.root_.begin = out.skip_blanks(start);
  out.root_.end = out.value_end(out.root_.begin);
  return out;
}

std::size_t JsonText::skip_blanks(std::size_t at) const {
  while (at < text_.size() && is_blank(text_[at])) ++at;
  return at;
}

std::size_t JsonText::string_end(std::size_t at) const {
  for (++at; text_[at] != '"'; ++at)
    if (text_[at] == '\\') ++at;
  return at + 1;
}

// Behind the value at `at`; brackets are counted, not matched: the text is known to be JSON.
std::size_t JsonText::value_end(std::size_t at) const {
  if (text_[at] == '"') return string_end(at);
  if (text_[at] != '{' && text_[at] != '[') {
    while (at < text_.size() && !is_blank(text_[at]) && text_[at] != ',' && text_[at] != '}' &&
           text_[at] != ']')
      ++at;
    return at;
  }
  for (std::size_t depth = 0;;) {
    const char c = text_[at];
    if (c == '"') {
      at = string_end(at);
      continue;
    }
    ++at;
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && --depth == 0) return at;
  }
}

Member JsonText::member_at(std::size_t at) {
  Member member;
  member.begin = at;
  const std::size_t end = string_end(at);
  const std::string_view quoted = text_.substr(at, end - at);
  member.name = quoted.substr(1, quoted.size() - 2);
  if (quoted.find('\\') != std::string_view::npos)
    member.name = unescaped_.emplace_back(unescape(quoted));
  member.value.begin = skip_blanks(skip_blanks(end) + 1);  // over the colon
  return member;
}

std::string JsonText::string_of(Span value) const {
  return is_string(value) ? unescape(raw(value)) : std::string();
}

std::optional<std::uint64_t> JsonText::integer_of(Span value) const {
  std::string_view digits = raw(value);
  if (is_string(value)) digits = digits.substr(1, digits.size() - 2);
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size())
    return std::nullopt;
  return number;
}

Members JsonText::members(Span object) {
  Members out;
  if (!is_object(object)) return out;
  std::size_t at = skip_blanks(object.begin + 1);
  while (text_[at] != '}') {
    if (text_[at] == ',') at = skip_blanks(at + 1);
    out.push_back(member_at(at));
    out.back().value.end = value_end(out.back().value.begin);
    at = skip_blanks(out.back().value.end);
  }
  return out;
}

std::vector<Span> JsonText::elements(Span array) const {
  std::vector<Span> out;
  if (text_[array.begin] != '[') return out;
  std::size_t at = skip_blanks(array.begin + 1);
  while (text_[at] != ']') {
    if (text_[at] == ',') at = skip_blanks(at + 1);
    out.push_back({at, value_end(at)});
    at = skip_blanks(out.back().end);
  }
  return out;
}

void JsonText::for_each_object(const Visit& visit) {
  Members open;
  walk(root_.begin, visit, open);
}

// Recursion is bounded by kMostDepth. `open` holds the members of all objects we are inside of.
std::size_t JsonText::walk(std::size_t at, const Visit& visit, Members& open) {
  const std::size_t begin = at;
  const bool object = text_[at] == '{';
  if (!object && text_[at] != '[') return value_end(at);
  const std::size_t base = open.size();
  at = skip_blanks(at + 1);
  while (text_[at] != '}' && text_[at] != ']') {
    if (text_[at] == ',') at = skip_blanks(at + 1);
    if (object) {
      const std::size_t mine = open.size();
      open.push_back(member_at(at));
      at = walk(open[mine].value.begin, visit, open);
      open[mine].value.end = at;
    } else {
      at = walk(at, visit, open);
    }
    at = skip_blanks(at);
  }
  ++at;
  if (object) visit({begin, at}, std::span(open).subspan(base));
  open.resize(base);
  return at;
}

const Member* last_member(std::span<const Member> members, std::string_view name) {
  const Member* found = nullptr;
  for (const Member& member : members)
    if (member.name == name) found = &member;
  return found;
}

bool has_duplicates(std::span<const Member> members) {
  std::vector<std::string_view> names;
  for (const Member& member : members) names.push_back(member.name);
  std::ranges::sort(names);
  return std::ranges::adjacent_find(names) != names.end();
}

std::string to_json_string(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void Splicer::edit_object(Span object, std::span<const Member> members,
                          const std::vector<bool>& removed, std::string_view inserted) {
  std::size_t kept = members.size();  // one behind the last member that stays
  while (kept > 0 && removed[kept - 1]) --kept;
  for (std::size_t i = 0; i < kept; ++i)
    if (removed[i]) replace({members[i].begin, members[i + 1].begin}, "");
  if (kept < members.size()) {
    const std::size_t from = kept > 0 ? members[kept - 1].value.end : members[0].begin;
    replace({from, members.back().value.end}, "");
  }
  if (!inserted.empty())
    replace({object.begin + 1, object.begin + 1}, std::string(inserted) + (kept > 0 ? "," : ""));
}

std::string Splicer::apply(std::string_view text) {
  std::ranges::sort(edits_, [](const Edit& a, const Edit& b) {
    return a.span.begin != b.span.begin ? a.span.begin < b.span.begin : a.span.end < b.span.end;
  });
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  std::size_t copied = 0;
  for (const Edit& edit : edits_) {
    if (edit.span.begin < copied) continue;
    out.append(text.substr(copied, edit.span.begin - copied)).append(edit.text);
    copied = edit.span.end;
  }
  out.append(text.substr(copied));
  return out;
}

}  // namespace kerros::graph
