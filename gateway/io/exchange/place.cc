#include "gateway/io/exchange/place.h"

#include "gateway/graph/percent_encode.h"

namespace kerros::io {

namespace {

// What one host tells counts for that host.
std::string cache_key(const Exchange& x, std::string_view what) {
  return x.front.upstream_host + " " + to_hex(x.caller.token_hash) + " " + std::string(what);
}

net::awaitable<Identity> look_up_target(Exchange& x, std::string target) {
  Upstream::Request request;
  request.host = x.front.upstream_host;
  request.target = std::move(target);
  request.fields.add("Accept", "application/json");
  if (const auto token = x.head.fields.find("Authorization"))
    request.fields.add("Authorization", std::string(*token));
  auto response = co_await ask_upstream(x, std::move(request));
  const unsigned status = response.head.status;
  std::string body = co_await collect(x, response);
  if (status == 404) co_return Identity{};
  if (status == 429 || status >= 500)
    throw Refused{graph::Refusal::kCannotPlace, "", "look-up answered " + std::to_string(status)};
  if (status != 200) throw Relayed{response.head, std::move(body)};
  note_proof(x);
  const auto items = graph::find_items(body);
  if (!items || items->empty() || items->front().item_id.empty())
    throw Refused{graph::Refusal::kUpstreamMalformed, "", "look-up named no item"};
  co_return identity_of(items->front());
}

// The raw form that names `path` below the request's starting item, spelled by us.
std::string raw_by_path(const graph::ItemAddress& item, std::string_view path) {
  if (path.empty() || path == "/") return item.raw_start;
  return item.raw_start + ":" + graph::percent_encode_path(path) + ":";
}

// The nearest folder above `path` that exists, and the path that results below it.
net::awaitable<policy::Place> place_below_existing(Exchange& x) {
  const graph::ItemAddress& item = x.route.target.item;
  std::string above = item.path;
  for (int depth = 0; depth < 128; ++depth) {
    above.resize(above.rfind('/') == std::string::npos ? 0 : above.rfind('/'));
    const std::string rest = item.path.substr(above.size());
    const std::string raw = raw_by_path(item, above);
    const std::string key = cache_key(x, raw);
    if (const auto known = x.worker.places.find(key, PlaceCache::Clock::now()))
      co_return policy::Place{known->drive_id, "", known->path + rest};
    const Identity folder = co_await look_up_target(x, raw + std::string(kIdentityFields));
    if (folder.exists) {
      if (folder.place.path.empty())
        throw Refused{graph::Refusal::kNotAllowed,
                      "The place of this address cannot be told; address the item by its drive.",
                      "the folder's path is not told"};
      const std::string base = folder.place.path == "/" ? "" : folder.place.path;
      x.worker.places.put(key, {folder.place.drive_id, folder.place.item_id, base},
                          PlaceCache::Clock::now());
      co_return policy::Place{folder.place.drive_id, "", base + rest};
    }
    if (above.empty()) break;
  }
  throw Refused{graph::Refusal::kNotFound, "", "no folder above the path exists"};
}

// A sharing link may open the item for whoever knows it; its address in the drive does not.
net::awaitable<bool> is_told_of(Exchange& x, const std::string& drive_id,
                                const std::string& item_id) {
  if (!x.caller.has_token || drive_id.empty() || item_id.empty()) co_return false;
  std::string target = drives_root(x) + graph::percent_encode_path(drive_id) + "/items/" +
                       graph::percent_encode_path(item_id);
  try {
    const Identity own = co_await look_up_at(x, std::move(target));
    co_return own.exists&& own.place.item_id == item_id;
  } catch (const Relayed&) {
    co_return false;
  }
}

}  // namespace

net::awaitable<void> require_proof(Exchange& x, const std::string& drive_id,
                                   const std::string& item_id) {
  if (!x.proven) x.proven = co_await is_told_of(x, drive_id, item_id);
  if (!x.proven) throw Refused{graph::Refusal::kUnauthenticated, "", "nothing proves the caller"};
}

Identity identity_of(const graph::FoundItem& item) {
  Identity found;
  found.exists = true;
  found.is_folder = item.is_folder;
  found.ctag = item.ctag;
  found.etag = item.etag;
  found.size = item.size.value_or(0);
  found.place.drive_id = item.drive_id;
  found.place.item_id = item.item_id;
  found.place.path = item.place();
  found.item = item;
  return found;
}

net::awaitable<Identity> look_up(Exchange& x) {
  const graph::ItemAddress& item = x.route.target.item;
  const std::string alias = item.raw_alias.empty() ? "" : "&" + item.raw_alias;
  return look_up_target(x, item.raw_item + std::string(kIdentityFields) + alias);
}

net::awaitable<Identity> look_up_at(Exchange& x, std::string target) {
  return look_up_target(x, std::move(target) + std::string(kIdentityFields));
}

net::awaitable<policy::Place> place_for_write(Exchange& x) {
  const policy::Rules& rules = x.config().policy;
  const graph::ItemAddress& item = x.route.target.item;
  const bool from_root = item.item_id == "root" && item.by_path();
  const policy::Place spelled{item.drive_id, item.by_path() ? "" : item.item_id,
                              from_root ? item.path : ""};
  if (rules.rules.empty() || policy::match(rules, spelled)) co_return spelled;
  if (item.by_path()) co_return co_await place_below_existing(x);
  Identity identity = co_await look_up(x);
  if (!identity.exists)
    throw Refused{graph::Refusal::kNotFound, "", "the item to write does not exist"};
  if (!policy::can_decide(rules, identity.place))
    throw Refused{graph::Refusal::kNotAllowed,
                  "The place of this address cannot be told; address the item by its drive.",
                  "the item's place is not told"};
  co_return identity.place;
}

std::string audit_target(const Exchange& x, const policy::Place& place) {
  const std::string& drive =
      place.drive_id.empty() ? x.route.target.item.drive_url : place.drive_id;
  return "drive " + drive + (place.path.empty() ? " item " + place.item_id : " path " + place.path);
}

}  // namespace kerros::io
