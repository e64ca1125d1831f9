#include "gateway/io/items/monitor.h"

#include "gateway/graph/monitor_json.h"
#include "gateway/io/exchange/own_links.h"
#include "gateway/io/items/stages.h"
#include "gateway/proxy/host_name.h"

namespace kerros::io {

namespace {

bool is_json(const graph::ResponseHead& head) {
  const auto type = head.fields.find("Content-Type");
  return type && type->starts_with("application/json");
}

// The copy has its id: from now on the intent is for this item alone.
net::awaitable<void> pin(Exchange& x, const transfer::MonitorGrant& grant, std::string item_id) {
  if (grant.intent == crypto::Id{} || item_id.empty()) co_return;
  keystore::Intent intent;
  intent.key = grant.key;
  intent.id = grant.intent;
  Future<Status> pinned(x.worker.executor, [&](auto done) {
    x.store().pin_intent(intent, std::move(item_id), std::move(done));
  });
  co_await pinned.get();  // spent already, or full: place and name still tell
}

}  // namespace

std::string monitor_link(const Exchange& x, std::string_view url,
                         const transfer::MonitorGrant& grant) {
  const auto parsed = parse_upstream_url(url);
  if (!parsed) return {};
  const bool is_here = proxy::host_matches(x.front.upstream_host, parsed->host);
  if (!is_here && !is_content_host(x.config().upstream, parsed->host)) return {};
  const std::string path = graph_path_of(x, *parsed);
  const bool is_item = path.starts_with("/v1.0/") || path.starts_with("/beta/");
  const bool is_monitor =
      path.find("/monitor") != std::string::npos || path.find("/operations/") != std::string::npos;
  if (is_item && !is_monitor) return own_link(x, url);
  transfer::MonitorGrant own = grant;
  own.upstream_url = url;
  return x.worker.shared.urls->monitor_url(own_host(x, url), own, now_ms()).value_or("");
}

void set_location(graph::Fields& fields, const std::string& url) {
  if (url.empty())
    fields.remove("Location");
  else
    fields.set("Location", url);
}

net::awaitable<void> read_own_monitor(Exchange& x) {
  x.decision = "rewrite";
  const auto grant =
      x.worker.shared.urls->open_monitor(x.front.public_host, x.route.own_token, now_ms());
  if (!grant) throw Refused{graph::Refusal::kNotFound, "", "monitor URL not issued here"};
  const auto url = parse_upstream_url(grant->upstream_url);
  if (!url) throw Refused{graph::Refusal::kNotFound, "", "monitor URL of another form"};
  Upstream::Request request;
  request.host = url->host;
  request.target = url->target;
  request.fields.add("Accept", "application/json");
  auto response = co_await ask_upstream(x, std::move(request));
  std::string body = co_await collect(x, response);
  graph::Fields fields = answer_fields(x, response.head);
  if (const auto location = response.head.fields.find("Location"))
    set_location(fields, monitor_link(x, *location, *grant));
  if (!is_json(response.head) || body.empty())
    co_return co_await reply(x, response.head.status, std::move(fields), "");
  const auto told = graph::read_monitor_answer(body);
  if (!told) throw Refused{graph::Refusal::kUpstreamMalformed, "", told.error().detail};
  if (told->completed()) co_await pin(x, *grant, told->resource_id);
  const auto rewritten = graph::rewrite_monitor_answer(
      body, [&](std::string_view link) { return monitor_link(x, link, *grant); });
  if (!rewritten) throw Refused{graph::Refusal::kUpstreamMalformed, "", rewritten.error().detail};
  // The cloud ends a job with 200 or with 303 and the same words. Who follows the latter without a
  // token, as monitors are asked, gets 401 and asks for ever.
  const bool ends_in_redirect = response.head.status == 303 && told->completed();
  co_await reply(x, ends_in_redirect ? 200 : response.head.status, std::move(fields), *rewritten);
}

}  // namespace kerros::io
