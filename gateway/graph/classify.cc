#include "gateway/graph/classify.h"

#include <algorithm>
#include <array>
#include <optional>

#include "gateway/graph/verb.h"

namespace kerros::graph {
namespace {

constexpr std::size_t kLongestToken = 8192;

std::string_view next_segment(std::string_view& rest) {
  if (rest.starts_with('/')) rest.remove_prefix(1);
  const std::string_view one = rest.substr(0, rest.find('/'));
  rest.remove_prefix(one.size());
  return one;
}

using Scope = Target::Scope;

// The place that a pattern begins with, and what follows it.
std::pair<Scope, std::string_view> place_of(std::string_view pattern) {
  static constexpr auto kPlaces =
      std::to_array<std::pair<std::string_view, Scope>>({{"{item}", Scope::kItem},
                                                         {"{drive}", Scope::kDrive},
                                                         {"{drives}", Scope::kDrives},
                                                         {"{listItem}", Scope::kListItem},
                                                         {"{list}", Scope::kList},
                                                         {"{site}", Scope::kSite},
                                                         {"{container}", Scope::kContainer},
                                                         {"{share}", Scope::kShare}});
  for (const auto& [place, scope] : kPlaces)
    if (pattern.starts_with(place)) return {scope, pattern.substr(place.size())};
  return {Scope::kOther, pattern};
}

// Segment by segment, because a key may hold a '/' that must not count as a border.
bool words_match(std::string_view pattern, std::span<const std::string> words) {
  while (!pattern.empty()) {
    const std::string_view wanted = next_segment(pattern);
    if (wanted == "**") return true;
    if (words.empty() || (wanted != "*" && wanted != words.front())) return false;
    words = words.subspan(1);
  }
  return words.empty();
}

std::vector<std::string> split(std::string_view relation) {
  std::vector<std::string> words;
  while (!relation.empty()) words.emplace_back(next_segment(relation));
  return words;
}

bool is_own_token(std::string_view token) {
  return !token.empty() && token.size() <= kLongestToken && std::ranges::all_of(token, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
           c == '_';
  });
}

// The gateway's own URLs lie outside Graph's tree; nullopt when this is none of them.
std::optional<Result<Route>> own_route(const TargetParts& parts, Method method) {
  Route route;
  std::string_view token = parts.path;
  if (token.starts_with(kOwnUploadPath)) {
    route.pattern = kOwnUploadPath;
    token.remove_prefix(kOwnUploadPath.size());
    if (method == Method::kPut || method == Method::kGet || method == Method::kDelete ||
        method == Method::kPost)
      route.operation = Operation::kOwnUpload;
  } else if (token.starts_with(kOwnDownloadPath)) {
    route.pattern = kOwnDownloadPath;
    token.remove_prefix(kOwnDownloadPath.size());
    if (method == Method::kGet || method == Method::kHead)
      route.operation = Operation::kOwnDownload;
  } else if (token.starts_with(kOwnMonitorPath)) {
    route.pattern = kOwnMonitorPath;
    token.remove_prefix(kOwnMonitorPath.size());
    if (method == Method::kGet) route.operation = Operation::kOwnMonitor;
  } else {
    return std::nullopt;
  }
  if (!is_own_token(token)) return fail(ErrorCode::kMalformed, "not a token of this gateway");
  route.method = method;
  route.own_token = token;
  route.target.authority = parts.authority;
  route.target.raw_path = parts.path;
  route.target.raw_query = parts.query;
  return route;
}

// What a row cannot say: options and body types that turn a route into one that touches content.
Operation refine(Operation operation, const Target& target, const Fields& fields) {
  if (operation == Operation::kReadContent && target.option("format") != nullptr)
    return Operation::kContentSide;  // a conversion
  if (operation == Operation::kCreateChild) {
    const std::string_view type = fields.find("Content-Type").value_or("application/json");
    const std::string_view media = type.substr(0, type.find_first_of("; \t"));
    // multipart/related carries a file's bytes beside the JSON
    if (!same_name(media, "application/json")) return Operation::kContentSide;
  }
  return operation;
}

}  // namespace

std::string_view name(Operation operation) {
  switch (operation) {
    case Operation::kMetadata:
      return "metadata";
    case Operation::kReadItem:
      return "read-item";
    case Operation::kListChildren:
      return "list-children";
    case Operation::kListItems:
      return "list-items";
    case Operation::kListRows:
      return "list-rows";
    case Operation::kListFields:
      return "list-fields";
    case Operation::kCreateChild:
      return "create-child";
    case Operation::kReadContent:
      return "read-content";
    case Operation::kWriteContent:
      return "write-content";
    case Operation::kCreateSession:
      return "create-session";
    case Operation::kCommitSession:
      return "commit-session";
    case Operation::kUpdateItem:
      return "update-item";
    case Operation::kDeleteItem:
      return "delete-item";
    case Operation::kListVersions:
      return "list-versions";
    case Operation::kReadVersion:
      return "read-version";
    case Operation::kRestore:
      return "restore";
    case Operation::kCopy:
      return "copy";
    case Operation::kQuery:
      return "query";
    case Operation::kBatch:
      return "batch";
    case Operation::kContentSide:
      return "content-side";
    case Operation::kOwnUpload:
      return "own-upload";
    case Operation::kOwnDownload:
      return "own-download";
    case Operation::kOwnMonitor:
      return "own-monitor";
    case Operation::kUnknown:
      return "unknown";
  }
  return "unknown";
}

Route route_to(Method method, Target target, const Fields& fields) {
  Route route;
  route.method = method;
  route.target = std::move(target);
  const auto words =
      route.target.scope == Scope::kOther ? route.target.segments : split(route.target.relation);
  for (const RouteRow& row : route_table()) {
    if (row.method != method) continue;
    const auto [scope, rest] = place_of(row.pattern);
    if (scope != route.target.scope || !words_match(rest, words)) continue;
    route.operation = refine(row.operation, route.target, fields);
    route.proves_caller = row.proves_caller && !route.target.via_share;
    route.pattern = row.pattern;
    route.for_protected = row.for_protected;
    break;
  }
  return route;
}

Result<Route> classify(const RequestHead& head) {
  const auto parts = split_target(head.target);
  if (!parts) return tl::unexpected(parts.error());
  const auto method = effective_method(head);
  if (!method) return tl::unexpected(method.error());
  if (const auto framing = request_framing(head); !framing) return tl::unexpected(framing.error());
  if (auto own = own_route(*parts, *method)) return *std::move(own);
  auto target = parse_target(head.target);
  if (!target) return tl::unexpected(target.error());
  return route_to(*method, *std::move(target), head.fields);
}

}  // namespace kerros::graph
