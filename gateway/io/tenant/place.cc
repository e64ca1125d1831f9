// Where a request to a tenant's host would act: asked of upstream, with the caller's own rights.
#include "gateway/graph/percent.h"
#include "gateway/io/registry/wanted.h"
#include "gateway/io/tenant/tenant.h"

namespace kerros::io {

namespace {

using sharepoint::PlaceQuestion;
using Kind = PlaceQuestion::Kind;

constexpr int kDeepest = 128;

// The body of a 200; empty where there is nothing. A caller who may not look may not write either:
// 401 and 403 are his answer.
net::awaitable<std::string> ask(Exchange& x, std::string target) {
  Upstream::Request request;
  request.host = x.front.upstream_host;
  request.target = std::move(target);
  request.fields.add("Accept", "application/json;odata=nometadata");
  for (const std::string_view name : {"Authorization", "Cookie"})
    if (const auto value = x.head.fields.find(name))
      request.fields.add(std::string(name), std::string(*value));
  auto response = co_await ask_upstream(x, std::move(request));
  const unsigned status = response.head.status;
  std::string body = co_await collect(x, response);
  if (status == 200) co_return body;
  if (status == 400 || status == 404) co_return std::string();
  if (status == 429 || status >= 500)
    throw Refused{graph::Refusal::kCannotPlace, "", "look-up answered " + std::to_string(status)};
  throw Relayed{response.head, std::move(body)};
}

net::awaitable<Identity> item_by_path(Exchange& x, std::string_view raw_path) {
  const std::string body = co_await ask(
      x, sharepoint::item_by_address(x.front.public_host, raw_path) + std::string(kIdentityFields));
  if (body.empty()) co_return Identity{};
  const auto items = graph::find_items(body);
  if (!items || items->empty() || items->front().item_id.empty())
    throw Refused{graph::Refusal::kUpstreamMalformed, "", "look-up named no item"};
  co_return identity_of(items->front());
}

// A resource that is called, as a path; empty when upstream does not tell one.
net::awaitable<std::string> path_of(Exchange& x, const PlaceQuestion& question) {
  if (question.kind == Kind::kPath) co_return question.raw;
  if (question.kind == Kind::kNone) co_return std::string();
  co_return sharepoint::server_relative_path(co_await ask(x, question.raw));
}

Standing standing_at(Exchange& x, policy::Place place) {
  const bool is_protected = may_be_protected(x.config().policy, place) ||
                            (!place.item_id.empty() && is_sealed(x, place.drive_id, place.item_id));
  return {is_protected ? Standing::Kind::kProtected : Standing::Kind::kOrdinary, std::move(place)};
}

// What would lie below a folder that exists, under the octets that the request names it by.
policy::Place place_below(const Identity& folder, std::string_view raw_rest) {
  const auto rest = graph::decode_percent(raw_rest, graph::Plus::kLiteral);
  if (!rest || folder.place.path.empty()) return {};
  const std::string base = folder.place.path == "/" ? "" : folder.place.path;
  return {folder.place.drive_id, "", base + rest->text};
}

}  // namespace

net::awaitable<Identity> item_at(Exchange& x, const PlaceQuestion& question) {
  const std::string path = co_await path_of(x, question);
  if (path.empty()) co_return Identity{};
  co_return co_await item_by_path(x, path);
}

net::awaitable<Standing> standing_of(Exchange& x, const PlaceQuestion& question) {
  const std::string path = co_await path_of(x, question);
  std::string_view above = path;
  for (int depth = 0; !above.empty() && depth < kDeepest; ++depth) {
    const Identity found = co_await item_by_path(x, above);
    if (found.exists && above.size() == path.size()) co_return standing_at(x, found.place);
    if (found.exists)
      co_return standing_at(x, place_below(found, std::string_view(path).substr(above.size())));
    above = above.substr(0, above.rfind('/'));
  }
  co_return Standing{};
}

}  // namespace kerros::io
