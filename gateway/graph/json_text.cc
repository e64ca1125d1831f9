#include "gateway/graph/json_text.h"

#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <tuple>

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
    const std::size_t escape = std::min(text.find('\\', at), text.size());
    out.append(text.substr(at, escape - at));
    if (escape == text.size()) break;
    at = escape + 1;
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

// A new parser for each answer would cost more in page faults than in parsing.
struct JsonText::Engine {
  simdjson::dom::parser parser;

  static std::unique_ptr<Engine>& kept() {
    thread_local std::unique_ptr<Engine> one;
    return one;
  }
};

void JsonText::Return::operator()(Engine* engine) const {
  std::unique_ptr<Engine> owned(engine);
  if (owned->parser.capacity() <= kKeptBytes) Engine::kept() = std::move(owned);
}

Result<JsonText> JsonText::parse(std::string_view text) {
  JsonText out(text);
  out.base_ = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  out.end_ = text.size();
  const std::string_view body = text.substr(out.base_);
  if (body.empty()) return fail(ErrorCode::kMalformed, "not a JSON text");  // may have no address
  out.engine_.reset(Engine::kept() ? Engine::kept().release() : new Engine);
  simdjson::dom::parser& parser = out.engine_->parser;
  if (parser.capacity() < std::max<std::size_t>(body.size(), 64) &&
      parser.allocate(std::max<std::size_t>(body.size(), 64), kMostDepth) != simdjson::SUCCESS)
    return fail(ErrorCode::kUnavailable, "no memory for a JSON text");
  if (parser.parse(body.data(), body.size(), true).error() != simdjson::SUCCESS)
    return fail(ErrorCode::kMalformed, "not a JSON text");
  // What the first of simdjson's two stages leaves for the second: the places of brackets, colons,
  // commas, opening quotes and scalars.
  out.places_ = parser.implementation->structural_indexes.get();
  out.count_ = parser.implementation->n_structural_indexes;
  out.root_ = {out.place(0), out.end_before(out.count_)};
  return out;
}

// Behind the value whose last token stands before `token`: only blanks are between.
std::size_t JsonText::end_before(Token token) const {
  std::size_t end = place(token);
  while (is_blank(text_[end - 1])) --end;
  return end;
}

// Questions mostly go forward through the text: looked for from where the last one was, in growing
// steps.
JsonText::Token JsonText::token_of(Span value) {
  const auto place = static_cast<std::uint32_t>(value.begin - base_);
  Token from = places_[last_] <= place ? last_ : 0;
  Token step = 1;
  for (; from + step < count_ && places_[from + step] < place; step *= 2) from += step;
  const Token to = std::min(from + step + 1, count_);
  last_ = static_cast<Token>(std::lower_bound(places_ + from, places_ + to, place) - places_);
  return last_;
}

// The token behind the value at `token`. Brackets are counted, not matched: the text is JSON.
JsonText::Token JsonText::behind(Token token) const {
  for (std::size_t depth = 0;; ++token) {
    const char c = at(token);
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    if (depth == 0) return token + 1;
  }
}

Member JsonText::member_at(Token token) {
  Member member;
  member.begin = place(token);
  const std::size_t end = end_before(token + 1);
  const std::string_view quoted = text_.substr(member.begin, end - member.begin);
  member.name = quoted.substr(1, quoted.size() - 2);
  if (quoted.find('\\') != std::string_view::npos)
    member.name = unescaped_.emplace_back(unescape(quoted));
  member.value.begin = place(token + 2);  // over the colon
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
  out.reserve(8);
  for_each_member(object, [&](const Member& member) { out.push_back(member); });
  return out;
}

std::vector<Span> JsonText::elements(Span array) {
  std::vector<Span> out;
  if (!is_array(array)) return out;
  Token token = token_of(array) + 1;
  while (at(token) != ']') {
    if (at(token) == ',') ++token;
    const std::size_t begin = place(token);
    token = behind(token);
    out.push_back({begin, end_before(token)});
  }
  return out;
}

void JsonText::for_each_object(const Visit& visit) {
  Members open;
  walk(0, visit, open);
}

// Answers the token behind the value. Recursion is bounded by kMostDepth. `open` holds the members
// of all objects we are inside of.
JsonText::Token JsonText::walk(Token token, const Visit& visit, Members& open) {
  const std::size_t begin = place(token);
  const bool object = text_[begin] == '{';
  if (!object && text_[begin] != '[') return token + 1;
  const std::size_t base = open.size();
  ++token;
  for (char c = at(token); c != '}' && c != ']'; c = at(token)) {
    if (c == ',') ++token;
    if (object) {
      const std::size_t mine = open.size();
      open.push_back(member_at(token));
      token = walk(token + 2, visit, open);
      open[mine].value.end = end_before(token);
    } else {
      token = walk(token, visit, open);
    }
  }
  ++token;
  if (object) visit({begin, end_before(token)}, std::span(open).subspan(base));
  open.resize(base);
  return token;
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
  // Nearly all of what is written here are URLs, hashes and media types. No early way out of the
  // loop, so that the compiler can look at many octets at once.
  bool odd = false;
  for (const char c : text) odd |= c < ' ' || c == '\x7f' || c == '"' || c == '\\';
  if (!odd) return std::string(1, '"').append(text).append(1, '"');
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void Splicer::replace(Span span, std::string_view text) {
  edits_.push_back({span, texts_.size(), text.size()});
  texts_.append(text);
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
  const auto order = [](const Edit& edit) {
    return std::tuple(edit.span.begin, edit.span.end, edit.text);
  };
  if (!std::ranges::is_sorted(edits_, {}, order)) std::ranges::sort(edits_, {}, order);
  std::string out;
  out.reserve(text.size() + texts_.size());
  std::size_t copied = 0;
  for (const Edit& edit : edits_) {
    if (edit.span.begin < copied) continue;
    out.append(text.substr(copied, edit.span.begin - copied))
        .append(texts_, edit.text, edit.length);
    copied = edit.span.end;
  }
  out.append(text.substr(copied));
  return out;
}

}  // namespace kerros::graph
