#include "gateway/graph/target.h"

#include "gateway/graph/grammar.h"
#include "gateway/graph/query.h"
#include "gateway/graph/url_tokens.h"

namespace kerros::graph {
namespace {

void list_segments(const std::vector<Token>& tokens, std::vector<std::string>& out) {
  for (const Token& token : tokens) {
    if (token.kind == Token::Kind::kSegment)
      out.push_back(token.text);
    else if (!out.empty())
      out.back().append(":").append(token.text);
    if (token.key) out.push_back(*token.key);
  }
}

bool is_version(std::string_view word) { return word == "v1.0" || word == "beta"; }

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

Result<Target> parse_tree(const TargetParts& parts, const Decoded& path, std::size_t begin,
                          std::string version) {
  Target target;
  target.version = std::move(version);
  target.authority = parts.authority;
  target.raw_path = parts.path;
  target.raw_query = parts.query;
  auto options = parse_query(parts.query);
  if (!options) return tl::unexpected(options.error());
  target.options = *std::move(options);
  const auto tokens = tokenize(path, begin);
  if (!tokens) return tl::unexpected(tokens.error());
  list_segments(*tokens, target.segments);
  if (auto ok = follow(*tokens, target); !ok) return tl::unexpected(ok.error());
  return target;
}

Result<Target> parse_target(std::string_view raw) {
  const auto parts = split_target(raw);
  if (!parts) return tl::unexpected(parts.error());
  std::string version(parts->path.substr(1, parts->path.find('/', 1) - 1));
  if (!is_version(version)) return fail(ErrorCode::kMalformed, "a path under no known version");
  const auto path = decode_percent(parts->path, Plus::kLiteral);
  if (!path) return tl::unexpected(path.error());
  const std::size_t begin = 1 + version.size();
  auto target = parse_tree(*parts, *path, begin, std::move(version));
  // What a batch makes of a url that names its version itself; the service knows no such segment.
  if (target && !target->segments.empty() && is_version(target->segments.front()))
    return fail(ErrorCode::kMalformed, "the version is named twice");
  return target;
}

}  // namespace kerros::graph
