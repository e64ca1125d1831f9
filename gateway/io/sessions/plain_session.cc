// Upload sessions of ordinary files: fragments pass as they are to the URL that the token holds.
#include "gateway/io/exchange/addressed.h"
#include "gateway/io/exchange/transfer_guard.h"
#include "gateway/io/registry/rewrite_json.h"
#include "gateway/io/registry/supersede.h"
#include "gateway/io/sessions/common.h"
#include "gateway/io/write/sealed_sink.h"

namespace kerros::io {

namespace {

graph::Fields fragment_fields(const Exchange& x) {
  const auto framing = x.client.framing();
  graph::Fields fields;
  if (const auto range = x.head.fields.find("Content-Range"))
    fields.add("Content-Range", std::string(*range));
  if (framing.length > 0 || x.route.method != graph::Method::kGet)
    fields.set("Content-Length", std::to_string(framing.length));
  return fields;
}

}  // namespace

net::awaitable<void> plain_upload(Exchange& x, const transfer::PlainUploadGrant& grant) {
  x.decision = "pass";
  const auto url = parse_upstream_url(grant.upstream_url);
  if (!url || !is_content_host(x.config().upstream, url->host))
    throw Refused{graph::Refusal::kSessionNotFound, "", "upload URL of a host not allowed"};
  const auto framing = x.client.framing();
  if (framing.kind == graph::Framing::Kind::kChunked)
    throw Refused{graph::Refusal::kLengthRequired, "", "fragment without Content-Length"};
  const TransferGuard transferring(x);
  Upstream::Lease lease =
      co_await x.worker.upstream.acquire(x.config(), x.now->upstream_tls, url->host);
  transferring.use_large(x.client, framing.length);
  transferring.use_large(*lease, framing.length);
  co_await Upstream::send_head(lease, x.config(), graph::name(x.route.method), url->target,
                               fragment_fields(x));
  co_await send_continue(x);
  TransferBuffer buffer(x, framing.length);
  while (const std::size_t got = co_await x.client.read_body(buffer.bytes()))
    co_await write_or_relay(x, lease, buffer.bytes().first(got));
  const UpstreamAnswer answer = co_await read_answer(x, lease, x.route.method);
  if (answer.head.status >= 400) throw Relayed{answer.head, answer.body};
  if (answer.stored())
    co_await supersede_sealed(
        x, answer.body, policy::ends_of({grant.drive_id, grant.item_id, grant.path}, grant.name));
  co_await reply(x, answer.head.status, answer_fields(x, answer.head),
                 rewrite_json(x, answer.body));
}

}  // namespace kerros::io
