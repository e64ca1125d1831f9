// Routes that would carry, derive or need the content of an item: thumbnails, previews, versions,
// copies. Refused for what is protected or was ever sealed here, since the cloud cannot read it;
// passed for ordinary items.
#include "gateway/io/exchange.h"
#include "gateway/io/open_body.h"
#include "gateway/io/place.h"

namespace kerros::io {

namespace {

constexpr std::size_t kMaxRequestJson = 4u << 20;

// Whether the cloud may serve this from what it stores.
net::awaitable<bool> is_ordinary(Exchange& x) {
  if (!x.route.target.has_item) co_return false;
  const Identity identity = co_await look_up(x);
  if (!identity.exists) throw Refused{graph::Refusal::kNotFound, "", "no such item"};
  const auto verdict = policy::decide(x.config().policy, x.route, identity.place);
  if (verdict.decision != policy::Decision::kPass) co_return false;
  const auto versions = x.store().versions(identity.place.drive_id, identity.place.item_id);
  if (!versions) throw_store_error(versions.error());
  co_return versions->empty();
}

}  // namespace

net::awaitable<void> pass_content_side(Exchange& x) {
  if (!co_await is_ordinary(x))
    throw Refused{graph::Refusal::kContentSide, "", std::string(x.route.pattern)};
  x.decision = "pass";
  co_await send_continue(x);
  auto body = co_await x.client.collect_body(kMaxRequestJson);
  if (!body) throw Refused{graph::Refusal::kTooLarge, "", "JSON request over 4 MiB"};
  auto request = graph_request(x, x.route.method, raw_target(x));
  request.body = *std::move(body);
  auto response = co_await ask_upstream(x, std::move(request));
  graph::ResponseHead head{response.head.status, answer_fields(x, response.head)};
  if (const auto location = response.head.fields.find("Location"); location && head.status < 400)
    head.fields.set("Location", own_link(x, *location));
  const auto type = response.head.fields.find("Content-Type");
  if (type && type->starts_with("application/json")) {
    const std::string json = co_await collect(x, response);
    co_return co_await reply(x, head.status, std::move(head.fields), rewrite_json(x, json));
  }
  co_await copy_answer(x, response, std::move(head), {});
}

}  // namespace kerros::io
