#include "gateway/io/road/upgrade.h"

#include <array>
#include <span>

#include "gateway/graph/request_fields.h"
#include "gateway/io/exchange/transfer_guard.h"

namespace kerros::io {

namespace {

// After one side's end, for what the other one is still saying.
constexpr auto kLastWords = std::chrono::milliseconds(500);

void copy_fields(const graph::Fields& from, std::span<const std::string_view> names,
                 graph::Fields& to) {
  for (const std::string_view name : names)
    if (const auto value = from.find(name)) to.set(name, std::string(*value));
  to.set("Connection", "Upgrade");
  to.set("Upgrade", "websocket");
}

graph::Fields asked_fields(const Exchange& x) {
  static constexpr std::array<std::string_view, 4> kAsked{
      "Sec-WebSocket-Key", "Sec-WebSocket-Version", "Sec-WebSocket-Protocol",
      "Sec-WebSocket-Extensions"};
  graph::Fields fields = graph::upstream_fields(x.head.fields, false);
  copy_fields(x.head.fields, kAsked, fields);
  return fields;
}

graph::Fields switched_fields(const graph::ResponseHead& head) {
  static constexpr std::array<std::string_view, 3> kSwitched{
      "Sec-WebSocket-Accept", "Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions"};
  graph::Fields fields;
  copy_fields(head.fields, kSwitched, fields);
  return fields;
}

// One direction; false when it was cut off.
net::awaitable<bool> relay(Exchange& x, ClientSide& from, ClientSide& to) {
  bool whole = false;
  try {
    TransferBuffer buffer(x, 0);
    while (const std::size_t got = co_await from.read_body(buffer.bytes())) {
      co_await to.write_more(buffer.bytes().first(got));
      co_await to.flush();
    }
    whole = true;
  } catch (...) {  // one of the two is gone; the other direction must come to its end all the same
  }
  from.end_within(kLastWords);
  to.end_within(kLastWords);
  co_return whole;
}

net::awaitable<void> relay_both(Exchange& x, HttpConnection& upstream) {
  const auto idle = x.config().proxy.tunnel_idle;
  x.client.set_patience(idle);
  upstream.set_patience(idle);
  Future<bool> down(x.worker.executor, [&](auto done) {
    net::co_spawn(x.worker.executor, relay(x, upstream, x.client),
                  [done](std::exception_ptr, bool whole) mutable { done(whole); });
  });
  const bool up = co_await relay(x, x.client, upstream);
  const bool whole = co_await down.get();
  if (whole || up) co_return;
  x.client.abort();
  throw boost::system::system_error(net::error::connection_aborted, "both directions were cut");
}

}  // namespace

bool asks_upgrade(const Exchange& x) {
  const auto to = x.head.fields.find("Upgrade");
  return x.front.is_intercepted() && x.outer == nullptr && x.head.method == graph::Method::kGet &&
         x.route.operation == graph::Operation::kMetadata && to &&
         graph::same_name(*to, "websocket") &&
         graph::is_named_by_connection(x.head.fields, "Upgrade") &&
         x.client.framing().kind == graph::Framing::Kind::kNone;
}

net::awaitable<void> pass_upgrade(Exchange& x) {
  x.decision = "pass";
  Upstream::Lease lease = co_await x.worker.upstream.acquire(x.config(), x.now->upstream_tls,
                                                             x.front.upstream_host, true);
  co_await Upstream::send_head(lease, x.config(), "GET", raw_target(x), asked_fields(x));
  co_await lease->flush();
  lease->may_upgrade();
  const auto head = co_await Upstream::read_head(lease, x.config(), graph::Method::kGet);
  if (head.status != 101) {
    auto body = co_await lease->collect_body(x.config().limits.json_bytes);
    if (!body) throw Refused{graph::Refusal::kAnswerTooLarge, "", "answer over the JSON limit"};
    throw Relayed{head, *std::move(body)};
  }
  x.status = head.status;
  const graph::ResponseHead switched{head.status, switched_fields(head)};
  co_await x.client.write_head(switched, "");
  co_await x.client.flush();
  x.client.upgrade();
  co_await relay_both(x, *lease);
}

}  // namespace kerros::io
