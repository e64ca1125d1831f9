// Routes that would derive or need the content of an item: thumbnails, previews, workbooks. Refused
// for what is protected or was ever sealed here, since the cloud cannot read it; passed for
// ordinary items.
#include "gateway/graph/response_fields.h"
#include "gateway/io/exchange/place.h"
#include "gateway/io/read/content_source.h"
#include "gateway/io/read/open_body.h"
#include "gateway/io/read/stages.h"
#include "gateway/io/registry/rewrite_json.h"

namespace kerros::io {

namespace {

// Whether the cloud may serve this from what it stores. What creates or copies is placed by more
// than the address of the request (a child's name, the target of a copy): with any rule in force it
// is refused.
net::awaitable<bool> is_ordinary(Exchange& x) {
  if (!x.route.target.has_item) co_return false;
  const policy::Rules& rules = x.config().policy;
  const bool reads = x.route.method == graph::Method::kGet;
  if (!reads && !rules.rules.empty()) co_return false;
  const Identity identity = co_await look_up(x);
  if (!identity.exists) throw Refused{graph::Refusal::kNotFound, "", "no such item"};
  if (may_be_protected(rules, identity.place)) co_return false;
  const auto versions = x.store().versions(identity.place.drive_id, identity.place.item_id);
  if (!versions) throw_store_error(versions.error());
  co_return versions->empty();
}

bool is_json(const graph::ResponseHead& head) {
  const auto type = head.fields.find("Content-Type");
  return type && type->starts_with("application/json");
}

// Redirects are followed here: their targets are pre-authenticated URLs.
net::awaitable<Upstream::Response> ask(Exchange& x) {
  if (x.route.method == graph::Method::kGet) {
    ContentAsk content{raw_target(x), std::nullopt, std::nullopt, true, true};
    co_return co_await open_content(x, content);
  }
  std::string body = co_await read_request_json(x);
  auto request = graph_request(x, x.route.method, raw_target(x));
  request.body = std::move(body);
  co_return co_await ask_upstream(x, std::move(request));
}

}  // namespace

net::awaitable<void> pass_content_side(Exchange& x) {
  if (!co_await is_ordinary(x))
    throw Refused{graph::Refusal::kContentSide, "", std::string(x.route.pattern)};
  x.decision = "pass";
  auto response = co_await ask(x);
  if (is_json(response.head)) {
    const std::string json = co_await collect(x, response);
    co_return co_await reply(x, response.head.status, answer_fields(x, response.head),
                             rewrite_json(x, json));
  }
  graph::ResponseHead head{response.head.status, graph::client_fields(response.head.fields, false)};
  co_await copy_answer(x, response, std::move(head), {});
}

}  // namespace kerros::io
