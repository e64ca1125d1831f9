#include "gateway/sharepoint/classify_tenant.h"

#include <algorithm>
#include <array>
#include <span>

#include "gateway/graph/verb.h"

namespace kerros::sharepoint {
namespace {

constexpr std::array<std::string_view, 4> kTunnelled{"PUT", "PATCH", "MERGE", "DELETE"};

// One word against a glob with "*" for any characters, by falling back to the last star.
bool word_matches(std::string_view glob, std::string_view word) {
  std::size_t g = 0, w = 0, star = std::string_view::npos, kept = 0;
  while (w < word.size()) {
    if (g < glob.size() && glob[g] == '*') {
      star = g++;
      kept = w;
    } else if (g < glob.size() && glob[g] == word[w]) {
      ++g;
      ++w;
    } else if (star != std::string_view::npos) {
      g = star + 1;
      w = ++kept;
    } else {
      return false;
    }
  }
  while (g < glob.size() && glob[g] == '*') ++g;
  return g == glob.size();
}

std::string_view next_word(std::string_view& rest) {
  const std::string_view one = rest.substr(0, rest.find('/'));
  rest.remove_prefix(std::min(rest.size(), one.size() + 1));
  return one;
}

// The same over words, with "**" for any number of them.
bool path_matches(std::string_view pattern, std::span<const Word> words) {
  std::string_view after_star;
  bool has_star = false;
  std::span<const Word> kept;
  while (!words.empty()) {
    std::string_view rest = pattern;
    const std::string_view wanted = next_word(rest);
    if (wanted == "**") {
      has_star = true;
      after_star = pattern = rest;
      kept = words;
    } else if (!pattern.empty() && word_matches(wanted, words.front().name)) {
      pattern = rest;
      words = words.subspan(1);
    } else if (has_star) {
      pattern = after_star;
      words = kept = kept.subspan(1);
    } else {
      return false;
    }
  }
  return pattern.empty() || pattern == "**";
}

bool row_matches(const TenantRow& row, HostKind host, const TenantRoute& route) {
  if (row.host != host || (row.verb != "*" && row.verb != route.verb)) return false;
  const std::size_t mark = row.pattern.find('?');
  if (mark != std::string_view::npos && !route.target.has_option(row.pattern.substr(mark + 1)))
    return false;
  return path_matches(row.pattern.substr(0, mark), route.target.words);
}

// Verbs whose requests have no body; one that brings a body all the same could carry anything.
bool reads(std::string_view verb) { return verb == "GET" || verb == "HEAD" || verb == "OPTIONS"; }

// PROPFIND lists the properties that it wants, and says how long its list is.
bool may_have_body(std::string_view verb, const graph::Framing& framing) {
  constexpr std::uint64_t kLongestList = 16 * 1024;
  if (!reads(verb) && verb != "PROPFIND") return true;
  if (framing.kind == graph::Framing::Kind::kChunked) return false;
  return framing.length <= (reads(verb) ? 0 : kLongestList);
}

}  // namespace

Result<TenantRoute> classify_tenant(HostKind host, const graph::RequestHead& head) {
  const auto tunnelled = graph::tunnelled_verb(head, kTunnelled);
  if (!tunnelled) return tl::unexpected(tunnelled.error());
  const auto framing = graph::request_framing(head);
  if (!framing) return tl::unexpected(framing.error());
  auto target = parse_tenant_target(head.target);
  if (!target) return tl::unexpected(target.error());
  TenantRoute route;
  route.verb = tunnelled->value_or(head.method_token);
  route.target = *std::move(target);
  if (!may_have_body(route.verb, *framing)) return route;
  for (const TenantRow& row : tenant_table()) {
    if (!row_matches(row, host, route)) continue;
    route.treatment = row.treatment;
    route.pattern = row.pattern;
    route.channel = row.channel;
    route.sentence = row.sentence;
    break;
  }
  if (route.treatment == Treatment::kDriveApi) {
    if (!route.target.drive) return fail(ErrorCode::kMalformed, "a drive API without its version");
    route.drive = graph::route_to(graph::method_of(route.verb), *route.target.drive, head.fields);
    if (route.drive->operation == graph::Operation::kUnknown) route.treatment = Treatment::kRefuse;
  }
  return route;
}

}  // namespace kerros::sharepoint
