#include "gateway/graph/url_tokens.h"

namespace kerros::graph {
namespace {

class Tokenizer {
 public:
  Tokenizer(const Decoded& path, std::size_t begin) : path_(path), text_(path.text), at_(begin) {}

  Result<std::vector<Token>> run() {
    while (at_ < text_.size()) {
      if (text_[at_] != '/') return fail(ErrorCode::kMalformed, "text after a closing colon");
      if (++at_ == text_.size()) break;  // one trailing slash
      if (auto ok = segment(); !ok) return tl::unexpected(ok.error());
      if (at_ < text_.size() && text_[at_] == ':')
        if (auto ok = colon_path(); !ok) return tl::unexpected(ok.error());
    }
    return std::move(tokens_);
  }

 private:
  Status segment() {
    const std::size_t end = segment_end();
    if (end == std::string_view::npos)
      return fail(ErrorCode::kMalformed, "quotes or parentheses left open");
    const std::string_view whole = text_.substr(at_, end - at_);
    if (whole.empty()) return fail(ErrorCode::kMalformed, "an empty segment");
    if (is_dot_segment(whole)) return fail(ErrorCode::kMalformed, "a dot segment");
    if (whole.ends_with(':')) return fail(ErrorCode::kMalformed, "a colon that opens nothing");
    Token token;
    token.raw_end = path_.raw[end];
    const std::size_t open = whole.find('(');
    token.text = whole.substr(0, open);
    if (open != std::string_view::npos) {
      if (token.text.empty() || whole.back() != ')')
        return fail(ErrorCode::kMalformed, "parentheses out of place");
      auto key = key_of(whole.substr(open + 1, whole.size() - open - 2));
      if (!key) return tl::unexpected(key.error());
      token.key = *std::move(key);
      token.called = true;
    }
    tokens_.push_back(std::move(token));
    at_ = end;
    return {};
  }

  // The first '/' or opening colon that is not inside quotes of parentheses.
  std::size_t segment_end() const {
    bool inside = false, quoted = false;
    for (std::size_t i = at_; i < text_.size(); ++i) {
      const char c = text_[i];
      if (quoted || (inside && c == '\'')) {
        if (c == '\'') quoted = !quoted;  // a doubled quote closes and opens again
      } else if (c == '(' || c == ')') {
        if (inside == (c == '(')) return std::string_view::npos;
        inside = c == '(';
      } else if (!inside && (c == '/' || (c == ':' && text_.substr(i + 1, 1) == "/"))) {
        return i;
      }
    }
    return inside || quoted ? std::string_view::npos : text_.size();
  }

  // 'x' -> x; x -> x; "" and q='x' -> none (a function's arguments name no item).
  static Result<std::optional<std::string>> key_of(std::string_view inner) {
    if (inner.empty()) return std::nullopt;
    if (inner.front() != '\'') {
      if (inner.find('=') != std::string_view::npos) return std::nullopt;
      if (inner.find('\'') != std::string_view::npos)
        return fail(ErrorCode::kMalformed, "a key with stray quotes");
      return std::string(inner);
    }
    std::string key;
    for (std::size_t i = 1; i < inner.size(); ++i) {
      if (inner[i] != '\'') {
        key.push_back(inner[i]);
      } else if (i + 1 == inner.size()) {
        return key;
      } else if (inner[i + 1] == '\'') {
        key.push_back(inner[i++]);
      } else {
        break;
      }
    }
    return fail(ErrorCode::kMalformed, "a key with stray quotes");
  }

  Status colon_path() {
    const std::size_t begin = at_ + 1;
    const std::size_t colon = text_.find(':', begin);
    Token token;
    token.kind = Token::Kind::kColonPath;
    token.closed = colon != std::string_view::npos;
    const std::size_t end = token.closed ? colon : text_.size();
    std::string_view names = text_.substr(begin + 1, end - begin - 1);
    at_ = token.closed ? colon + 1 : end;
    token.raw_end = path_.raw[at_];
    if (!token.closed && names.ends_with('/')) {
      names.remove_suffix(1);
      token.raw_end = path_.raw[end - 1];
    }
    // One client writes paths relative to a folder ("./docs/a.bin"); nothing is ambiguous in that.
    if (names.starts_with("./") && is_spelled_out(begin + 1)) names.remove_prefix(2);
    while (!names.empty()) {
      const std::string_view one = names.substr(0, names.find('/'));
      if (auto ok = check_name(one); !ok) return ok;
      token.text.append("/").append(one);
      names.remove_prefix(one.size());
      if (names == "/") return fail(ErrorCode::kMalformed, "an empty name");
      if (!names.empty()) names.remove_prefix(1);
    }
    tokens_.push_back(std::move(token));
    return {};
  }

  // Whether the octet stands in the URL as itself: "%2e/" is what nobody writes by mistake.
  bool is_spelled_out(std::size_t i) const { return path_.raw[i + 1] == path_.raw[i] + 1; }

  const Decoded& path_;
  std::string_view text_;
  std::size_t at_;
  std::vector<Token> tokens_;
};

}  // namespace

Status check_name(std::string_view name) {
  if (name.empty()) return fail(ErrorCode::kMalformed, "an empty name");
  if (is_dot_segment(name)) return fail(ErrorCode::kMalformed, "a dot segment");
  if (name.front() == ' ' || name.back() == ' ' || name.back() == '.')
    return fail(ErrorCode::kMalformed, "a name with outer blanks or a final dot");
  if (name.find_first_of("/:") != std::string_view::npos)
    return fail(ErrorCode::kMalformed, "a name with a separator");
  return {};
}

Result<std::vector<Token>> tokenize(const Decoded& path, std::size_t begin) {
  return Tokenizer(path, begin).run();
}

}  // namespace kerros::graph
