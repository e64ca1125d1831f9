#include "gateway/sharepoint/tenant_target.h"

#include <algorithm>

#include "gateway/graph/head.h"
#include "gateway/graph/query.h"

namespace kerros::sharepoint {
namespace {

bool is_call_door(const std::vector<Word>& words) { return words.back() == "_api"; }

// "_vti_bin/client.svc" is the same door under its older name.
bool is_older_call_door(const std::vector<Word>& words) {
  return words.size() > 1 && words[words.size() - 2] == "_vti_bin" && words.back() == "client.svc";
}

// The words up to and with "_api", or all of them. Behind it quotes may hold slashes, and in front
// of it they are part of a name.
Result<std::vector<Word>> words_in_front(std::string_view path) {
  std::vector<Word> words;
  for (std::size_t at = 0; at + 1 < path.size();) {
    const std::size_t end = std::min(path.find('/', at + 1), path.size());
    auto word = plain_word(path.substr(at + 1, end - at - 1));
    if (!word) return tl::unexpected(word.error());
    words.push_back(*std::move(word));
    if (is_older_call_door(words)) {
      words.pop_back();
      words.back().name = "_api";
    }
    words.back().end = at = end;
    if (is_call_door(words)) break;
  }
  return words;
}

bool is_drive_version(std::string_view word) {
  return graph::same_name(word, "v2.0") || graph::same_name(word, "v2.1");
}

}  // namespace

bool TenantTarget::has_option(std::string_view name) const {
  return std::ranges::any_of(options, [&](const graph::QueryOption& option) {
    return graph::same_name(option.name, name);
  });
}

Result<TenantTarget> parse_tenant_target(std::string_view raw) {
  const auto parts = graph::split_target(raw);
  if (!parts) return tl::unexpected(parts.error());
  const auto path = graph::decode_percent(parts->path, graph::Plus::kLiteral);
  if (!path) return tl::unexpected(path.error());
  auto options = graph::parse_query(parts->query);
  if (!options) return tl::unexpected(options.error());
  auto words = words_in_front(path->text);
  if (!words) return tl::unexpected(words.error());
  TenantTarget target;
  target.authority = parts->authority;
  target.raw_path = parts->path;
  target.raw_query = parts->query;
  target.options = *std::move(options);
  target.words = *std::move(words);
  if (target.words.empty() || !is_call_door(target.words)) return target;
  const std::size_t begin = target.words.back().end;
  const std::size_t next = std::min(path->text.find('/', begin + 1), path->text.size());
  if (begin < next && is_drive_version(path->text.substr(begin + 1, next - begin - 1))) {
    const std::string version = in_lower_case(path->text.substr(begin + 1, next - begin - 1));
    auto drive = graph::parse_tree(*parts, *path, next, version);
    if (!drive) return tl::unexpected(drive.error());
    target.drive = *std::move(drive);
    target.words.push_back({version, std::nullopt, next});
    return target;
  }
  auto calls = call_words(path->text, begin, target.options);
  if (!calls) return tl::unexpected(calls.error());
  std::ranges::move(*calls, std::back_inserter(target.words));
  return target;
}

bool is_tenant_path(std::string_view raw_target) {
  const auto target = parse_tenant_target(raw_target);
  if (!target || target->words.empty()) return false;
  if (target->words.front() == "v1.0" || target->words.front() == "beta") return false;  // Graph's
  return std::ranges::any_of(target->words, [](const Word& word) {
    return word == "_api" || word == "_vti_bin" || word == "_layouts";
  });
}

std::string graph_path(std::string_view raw_target) {
  for (const std::string_view api : {"/_api/v2.0/", "/_api/v2.1/"}) {
    const std::size_t at = raw_target.find(api);
    if (at == std::string_view::npos) continue;
    const std::string_view rest = raw_target.substr(at + api.size());
    if (rest.starts_with("drives/") || rest == "$metadata") return "/v1.0/" + std::string(rest);
  }
  return {};
}

}  // namespace kerros::sharepoint
