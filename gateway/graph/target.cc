#include "gateway/graph/target.h"

#include <algorithm>
#include <array>

#include "gateway/graph/percent.h"
#include "gateway/graph/query.h"
#include "gateway/graph/url_tokens.h"

namespace kerros::graph {
namespace {

// Collections whose next segment is a key and must not be read as a route word: a user may be
// called "drive".
constexpr std::array<std::string_view, 10> kKeyed{
    "users",           "groups",     "teams",
    "chats",           "channels",   "lists",
    "items",           "containers", "deletedContainers",
    "directoryObjects"};

constexpr std::array<std::string_view, 3> kItemLists{"items", "following", "bundles"};

bool is_one_of(const Token& token, auto& words) {
  return std::ranges::any_of(words, [&](std::string_view word) { return token.is(word); });
}

std::string_view without_namespace(std::string_view word) {
  for (const std::string_view prefix : {"microsoft.graph.", "oneDrive."})
    if (word.starts_with(prefix)) return word.substr(prefix.size());
  return word;
}

// Walks the tokens from the version to the item; every root of the drive API ends in the same
// ItemAddress.
class Walk {
 public:
  Walk(const std::vector<Token>& tokens, Target& target) : tokens_(tokens), target_(target) {}

  Status run() {
    while (at_ < tokens_.size()) {
      const Token& token = tokens_[at_];
      if (token.kind == Token::Kind::kColonPath)
        return fail(ErrorCode::kMalformed, "a colon path where none can be");
      if (token.is("drive")) return drive(at_ + 1);
      if (token.is("drives")) return drives();
      if (token.is("shares")) return share();
      if (token.is("driveItem") || token.is("filesFolder")) {
        return item("nav:" + token.text, at_ + 1);
      }
      if (token.is("sites")) {
        site();
      } else if (is_one_of(token, kKeyed)) {
        (void)take_key();
      } else {
        ++at_;
      }
    }
    return {};
  }

 private:
  // The key of the collection at at_, in parentheses or in the next segment; at_ moves behind it.
  const std::string* take_key() {
    const Token& token = tokens_[at_++];
    if (token.key) return &*token.key;
    if (at_ == tokens_.size() || tokens_[at_].kind == Token::Kind::kColonPath) return nullptr;
    return &tokens_[at_++].text;
  }

  std::string raw_until(std::size_t count) const {
    return count == 0 ? std::string() : target_.raw_path.substr(0, tokens_[count - 1].raw_end);
  }

  // sites/{id}, sites/{host}:/{path}:, sites/getByPath(path='...')
  void site() {
    (void)take_key();
    if (at_ < tokens_.size() && tokens_[at_].kind == Token::Kind::kColonPath) ++at_;
  }

  Status drives() {
    const std::string* id = take_key();
    if (id == nullptr) {
      target_.scope = Target::Scope::kDrives;
      return relation(at_);
    }
    target_.item.drive_id = *id;
    return drive(at_);
  }

  Status drive(std::size_t next) {
    at_ = next;
    target_.item.drive_url = raw_until(at_);
    if (at_ < tokens_.size()) {
      const Token& token = tokens_[at_];
      if (token.is("root")) return item("root", at_ + 1);
      if (token.is("list")) return drive_list();
      if (const bool special = token.is("special"); special || is_one_of(token, kItemLists)) {
        const std::size_t before = at_;
        if (const std::string* id = take_key(); id != nullptr)
          return item(special ? "special:" + *id : *id, at_);
        at_ = before;
      }
    }
    target_.scope = Target::Scope::kDrive;
    return relation(at_);
  }

  // drives/{d}/list/items/{n}/driveItem leads back to an item of the same drive.
  Status drive_list() {
    for (std::size_t i = at_; i < tokens_.size(); ++i)
      if (tokens_[i].is("driveItem")) return item("nav:driveItem", i + 1);
    target_.scope = Target::Scope::kDrive;
    return relation(at_);
  }

  Status share() {
    target_.via_share = true;
    if (take_key() == nullptr || at_ == tokens_.size()) return {};
    const Token& token = tokens_[at_];
    if (token.is("driveItem") || token.is("root")) return item("nav:" + token.text, at_ + 1);
    if (!token.is("items")) {
      at_ = tokens_.size();  // list, listItem, site, permission: no row knows them
      return {};
    }
    const std::string* id = take_key();
    return id == nullptr ? Status{} : item(*id, at_);
  }

  Status item(std::string id, std::size_t next) {
    at_ = next;
    target_.scope = Target::Scope::kItem;
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
    return relation(at_);
  }

  // children('b.txt'), or children('@a1') with the name in the query.
  Status child(const std::string& key) {
    std::string name = key;
    if (key.starts_with('@')) {
      const auto alias = std::ranges::find(target_.options, key, &QueryOption::name);
      if (alias == target_.options.end() || !unquote(alias->value, name) ||
          !target_.item.raw_alias.empty())
        return fail(ErrorCode::kMalformed, "an alias without one quoted value");
      target_.item.raw_alias = raw_option(target_.raw_query, key);
    }
    if (auto ok = check_name(name); !ok) return ok;
    target_.item.path.append("/").append(name);
    target_.item.raw_item = raw_until(++at_);
    return {};
  }

  static bool unquote(std::string_view text, std::string& out) {
    if (text.size() < 2 || text.front() != '\'' || text.back() != '\'') return false;
    text = text.substr(1, text.size() - 2);
    out.clear();
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\'' && (++i == text.size() || text[i] != '\'')) return false;
      out.push_back(text[i]);
    }
    return true;
  }

  Status relation(std::size_t next) {
    for (at_ = next; at_ < tokens_.size(); ++at_) {
      const Token& token = tokens_[at_];
      if (token.kind == Token::Kind::kColonPath)
        return fail(ErrorCode::kMalformed, "a second colon path");
      if (!target_.relation.empty()) target_.relation.push_back('/');
      target_.relation.append(without_namespace(token.text));
      if (!token.key) continue;
      if (token.key->empty() || token.key->find('/') != std::string::npos)
        return fail(ErrorCode::kMalformed, "a key with a separator");
      target_.relation.append("/").append(*token.key);
    }
    return {};
  }

  const std::vector<Token>& tokens_;
  Target& target_;
  std::size_t at_ = 0;
};

void list_segments(const std::vector<Token>& tokens, std::vector<std::string>& out) {
  for (const Token& token : tokens) {
    if (token.kind == Token::Kind::kSegment)
      out.push_back(token.text);
    else if (!out.empty())
      out.back().append(":").append(token.text);
    if (token.key) out.push_back(*token.key);
  }
}

}  // namespace

Result<TargetParts> split_target(std::string_view raw) {
  TargetParts parts;
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (!raw.starts_with(scheme)) continue;
    raw.remove_prefix(scheme.size());
    parts.authority = raw.substr(0, raw.find_first_of("/?#"));
    if (parts.authority.empty() || parts.authority.find('@') != std::string_view::npos)
      return fail(ErrorCode::kMalformed, "an authority that is no host");
    raw.remove_prefix(parts.authority.size());
    break;
  }
  if (!raw.starts_with('/')) return fail(ErrorCode::kMalformed, "a target that is no path");
  const std::size_t mark = raw.find('?');
  parts.path = raw.substr(0, mark);
  if (mark != std::string_view::npos) parts.query = raw.substr(mark + 1);
  return parts;
}

Result<Target> parse_target(std::string_view raw) {
  const auto parts = split_target(raw);
  if (!parts) return tl::unexpected(parts.error());
  Target target;
  target.authority = parts->authority;
  target.raw_path = parts->path;
  target.raw_query = parts->query;
  target.version = parts->path.substr(1, parts->path.find('/', 1) - 1);
  if (target.version != "v1.0" && target.version != "beta")
    return fail(ErrorCode::kMalformed, "a path under no known version");
  auto options = parse_query(parts->query);
  if (!options) return tl::unexpected(options.error());
  target.options = *std::move(options);
  const auto path = decode_percent(parts->path, Plus::kLiteral);
  if (!path) return tl::unexpected(path.error());
  const auto tokens = tokenize(*path, 1 + target.version.size());
  if (!tokens) return tl::unexpected(tokens.error());
  list_segments(*tokens, target.segments);
  if (auto ok = Walk(*tokens, target).run(); !ok) return tl::unexpected(ok.error());
  return target;
}

}  // namespace kerros::graph
