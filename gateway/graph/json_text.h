// JSON as a text with places in it: where objects, keys and values begin and end.
//
// simdjson says once whether the text is JSON at all (structure, numbers, UTF-8, depth) and leaves
// behind where every token begins; all else here goes from token to token. Edits are splices, so
// that every octet nobody spoke about stays as it was.
//
// Thread safety: one owner. Lifetime: views and spans are of the text given, which must live
// longer. Each thread keeps one parser for texts up to kKeptBytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/result.h"

namespace kerros::graph {

struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
};

struct Member {
  std::string_view name;  // unescaped: "\u0073ize" is size
  std::size_t begin = 0;  // of the key, at its quote
  Span value;
};
using Members = std::vector<Member>;

class JsonText {
 public:
  static constexpr std::size_t kMostDepth = 128;
  static constexpr std::size_t kKeptBytes = 2u << 20;

  // kMalformed when it is not JSON, deeper than kMostDepth, or not UTF-8. A byte order mark at the
  // front is passed over and kept.
  static Result<JsonText> parse(std::string_view text);

  Span root() const { return root_; }
  std::string_view raw(Span value) const {
    return text_.substr(value.begin, value.end - value.begin);
  }
  bool is_object(Span value) const { return text_[value.begin] == '{'; }
  bool is_array(Span value) const { return text_[value.begin] == '['; }
  bool is_string(Span value) const { return text_[value.begin] == '"'; }

  // A string unescaped; empty for any other value.
  std::string string_of(Span value) const;
  // A number, or a string of digits as Graph takes and gives 64-bit integers.
  std::optional<std::uint64_t> integer_of(Span value) const;
  // The members of one object, in order; none for any other value.
  Members members(Span object);
  // The same without a list.
  template <typename F>
  void for_each_member(Span object, F&& call);
  // The elements of one array, in order; none for any other value.
  std::vector<Span> elements(Span array);
  // Calls for every object of the text, inner ones before the outer ones they are in.
  using Visit = std::function<void(Span object, std::span<const Member> members)>;
  void for_each_object(const Visit& visit);

 private:
  using Token = std::uint32_t;  // an index into places_
  struct Engine;
  struct Return {
    void operator()(Engine* engine) const;  // to the thread, for its next text
  };

  explicit JsonText(std::string_view text) : text_(text) {}
  std::size_t place(Token token) const { return token < count_ ? base_ + places_[token] : end_; }
  char at(Token token) const { return text_[place(token)]; }
  std::size_t end_before(Token token) const;
  Token token_of(Span value);
  Token behind(Token token) const;
  Member member_at(Token token);  // value.end is left for the caller
  Token walk(Token token, const Visit& visit, Members& open);

  std::string_view text_;
  std::unique_ptr<Engine, Return> engine_;
  const std::uint32_t* places_ = nullptr;  // of the engine: where the tokens begin
  Token count_ = 0;
  Token last_ = 0;        // that token_of() found
  std::size_t base_ = 0;  // what the places count from
  std::size_t end_ = 0;
  Span root_;
  std::deque<std::string> unescaped_;  // names that had escapes; a deque does not move them
};

template <typename F>
void JsonText::for_each_member(Span object, F&& call) {
  if (!is_object(object)) return;
  Token token = token_of(object) + 1;
  while (at(token) != '}') {
    if (at(token) == ',') ++token;
    Member member = member_at(token);
    token = behind(token + 2);
    member.value.end = end_before(token);
    call(member);
  }
}

// The last member of that name (readers let the last one win); nullptr when there is none.
const Member* last_member(std::span<const Member> members, std::string_view name);
bool has_duplicates(std::span<const Member> members);

std::string to_json_string(std::string_view text);  // with quotes

// Replacements in one text, given in any order. An edit inside a region that another one replaces
// is lost with that region.
class Splicer {
 public:
  void replace(Span span, std::string_view text);
  // Takes out the members marked in `removed`, with their commas, and puts `inserted` (a member's
  // text, or nothing) in front of what is left.
  void edit_object(Span object, std::span<const Member> members, const std::vector<bool>& removed,
                   std::string_view inserted);
  std::string apply(std::string_view text);

 private:
  struct Edit {
    Span span;
    std::size_t text = 0;  // where in texts_
    std::size_t length = 0;
  };
  std::vector<Edit> edits_;
  std::string texts_;
};

}  // namespace kerros::graph
