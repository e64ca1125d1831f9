// Follows the grammar over the tokens of one URL.
#include <algorithm>
#include <array>

#include "gateway/graph/grammar.h"
#include "gateway/graph/query.h"

namespace kerros::graph {
namespace {

using Scope = Target::Scope;

std::string_view without_namespace(std::string_view word) {
  for (const std::string_view prefix : {"microsoft.graph.", "oneDrive."})
    if (word.starts_with(prefix)) return word.substr(prefix.size());
  return word;
}

// The one function that leads to a place instead of naming a relation.
bool is_get_by_path(const Token& token) { return token.is("getByPath") && token.called; }

class Walk {
 public:
  Walk(const std::vector<Token>& tokens, Target& target) : tokens_(tokens), target_(target) {}

  Status run() {
    while (const Step* step = next_step())
      if (auto ok = take(*step); !ok) return ok;
    return relation();
  }

 private:
  const Step* next_step() const {
    if (at_ == tokens_.size() || target_.scope == Scope::kItem) return nullptr;
    const auto fits = [this](const Step& step) {
      return step.in == target_.scope && tokens_[at_].is(step.word) && arguments_fit(step);
    };
    const auto steps = grammar();
    const auto found = std::ranges::find_if(steps, fits);
    return found == steps.end() ? nullptr : &*found;
  }

  // A key stands in parentheses or in the next segment. "delta" is a function of every collection
  // and no key; neither is anything else that has arguments of its own.
  bool arguments_fit(const Step& step) const {
    const Token& token = tokens_[at_];
    if (step.takes == Step::Takes::kNothing) return !token.called || is_get_by_path(token);
    if (token.key) return true;
    if (token.called || at_ + 1 == tokens_.size()) return false;
    const Token& next = tokens_[at_ + 1];
    if (next.kind == Token::Kind::kColonPath) return false;
    return (!next.called && without_namespace(next.text) != "delta") || is_get_by_path(next);
  }

  Status take(const Step& step) {
    const Token& word = tokens_[at_++];
    std::string key;
    if (step.takes == Step::Takes::kKey) {
      key = word.key ? *word.key : tokens_[at_++].text;
      if (auto ok = check_key(key); !ok) return ok;
    }
    target_.scope = step.to;
    switch (step.to) {
      case Scope::kShare:
        target_.via_share = true;
        return {};
      case Scope::kSite:  // sites/{host}:/{path}:
        if (at_ < tokens_.size() && tokens_[at_].kind == Token::Kind::kColonPath) ++at_;
        return {};
      case Scope::kDrive:
        target_.item.drive_id = std::move(key);
        target_.item.drive_url = raw_until(at_);
        return {};
      case Scope::kItem:
        return item(item_id(step, std::move(key)));
      default:
        return {};
    }
  }

  // An alias that stands for a key would name something else than it spells.
  static Status check_key(std::string_view key) {
    if (key.empty() || is_dot_segment(key) || key.starts_with('@') ||
        key.find('/') != std::string_view::npos)
      return fail(ErrorCode::kMalformed, "a key that names nothing by itself");
    return {};
  }

  static std::string item_id(const Step& step, const std::string& key) {
    if (step.in == Scope::kDrive && step.word == "root") return "root";
    if (step.word == "special") return "special:" + key;
    return step.takes == Step::Takes::kKey ? key : "nav:" + std::string(step.word);
  }

  std::string raw_until(std::size_t count) const {
    return target_.raw_path.substr(0, tokens_[count - 1].raw_end);
  }

  Status item(std::string id) {
    target_.has_item = true;
    ItemAddress& address = target_.item;
    address.item_id = std::move(id);
    address.raw_start = raw_until(at_);
    address.raw_item = address.raw_start;
    if (at_ < tokens_.size() && tokens_[at_].kind == Token::Kind::kColonPath) {
      const Token& path = tokens_[at_++];
      address.path = path.text;
      // "root:/:" and "root:/" are the starting item itself.
      if (!path.text.empty()) address.raw_item = raw_until(at_) + (path.closed ? "" : ":");
    }
    while (at_ < tokens_.size() && tokens_[at_].is("children") && tokens_[at_].key)
      if (auto ok = child(*tokens_[at_].key); !ok) return ok;
    return {};
  }

  // children('b.txt'), or children('@a1') with the name in the query.
  Status child(const std::string& key) {
    std::string name = key;
    if (key.starts_with('@')) {
      const auto alias = std::ranges::find(target_.options, key, &QueryOption::name);
      auto value = alias == target_.options.end() ? std::nullopt : unquoted(alias->value);
      if (!value || !target_.item.raw_alias.empty())
        return fail(ErrorCode::kMalformed, "an alias without one quoted value");
      name = *std::move(value);
      target_.item.raw_alias = raw_option(target_.raw_query, key);
    }
    if (auto ok = check_name(name); !ok) return ok;
    target_.item.path.append("/").append(name);
    target_.item.raw_item = raw_until(++at_);
    return {};
  }

  Status relation() {
    for (; at_ < tokens_.size(); ++at_) {
      const Token& token = tokens_[at_];
      if (token.kind == Token::Kind::kColonPath)
        return fail(ErrorCode::kMalformed, "a colon path where none can be");
      if (!target_.relation.empty()) target_.relation.push_back('/');
      target_.relation.append(without_namespace(token.text));
      if (!token.key) continue;
      if (auto ok = check_key(*token.key); !ok) return ok;
      target_.relation.append("/").append(*token.key);
    }
    return {};
  }

  const std::vector<Token>& tokens_;
  Target& target_;
  std::size_t at_ = 0;
};

}  // namespace

Status follow(const std::vector<Token>& tokens, Target& target) {
  return Walk(tokens, target).run();
}

}  // namespace kerros::graph
