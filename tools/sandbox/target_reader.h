// The words of a target's path, one after the other.
//
// Syntax characters that generated clients encode (%3A, %2F, %27) count as themselves; names are
// decoded exactly once, when they are taken.
// Thread safety: one owner. Every taker throws Refusal 400 on what no grammar covers.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kerros::sandbox {

class TargetReader {
 public:
  explicit TargetReader(std::string_view path);

  bool done() const { return rest_.empty(); }
  char front() const { return rest_.empty() ? '\0' : rest_.front(); }

  // The next segment, up to '/' or ':' outside of ('...'). A leading slash is eaten.
  std::string segment();
  // The same, but a colon is part of it: ids of channels hold one.
  std::string segment_with_colons();

  // "drives/x" or "drives('x')": the collection and the key that follows.
  bool take(std::string_view collection, std::string& key);
  bool take(std::string_view word);
  bool next_is(std::string_view word) const;  // with or without a key
  // The argument of "word(name='value')".
  bool take_call(std::string_view word, std::string_view name, std::string& value);

  // ":/a/b" and ":/a/b:", where front() is the colon.
  std::vector<std::string> colon_path();
  std::vector<std::string> remaining();

 private:
  std::size_t segment_end(std::string_view separators) const;

  std::string rest_;
};

// The key in "drives('x')" with its doubled quotes undone; empty when the segment is another.
std::string key_form(std::string_view segment, std::string_view collection);
// The value of name='...' in the arguments of "f(a='x',b='y')"; empty when there is none.
std::string argument(std::string_view segment, std::string_view name);
// 'it''s' -> it's; anything else as it is.
std::string without_quotes(std::string_view text);

}  // namespace kerros::sandbox
