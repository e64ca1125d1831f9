// Requests to a tenant's host that pass, as they are: nothing of them is understood here.
#include <optional>

#include "crypto/header.h"
#include "gateway/graph/range.h"
#include "gateway/io/exchange/transfer_guard.h"
#include "gateway/io/read/open_body.h"
#include "gateway/io/tenant/tenant.h"
#include "gateway/io/write/relay_body.h"
#include "gateway/sharepoint/pass_fields.h"

namespace kerros::io {

namespace {

using Framing = graph::Framing;

// What can be asked twice without harm.
bool may_repeat(const Exchange& x) {
  const std::string& verb = x.head.method_token;
  return verb == "GET" || verb == "HEAD" || verb == "OPTIONS";
}

graph::Fields fields_for(const Exchange& x, Watch watch) {
  graph::Fields fields = sharepoint::passed_to_upstream(x.head.fields);
  const Framing framing = x.client.framing();
  if (framing.kind == Framing::Kind::kChunked) fields.set("Transfer-Encoding", "chunked");
  if (framing.kind == Framing::Kind::kLength)
    fields.set("Content-Length", std::to_string(framing.length));
  if (watch == Watch::kSealed) fields.set("Accept-Encoding", "identity");  // or nothing is seen
  return fields;
}

net::awaitable<Upstream::Response> send_once(Exchange& x, Watch watch, bool fresh) {
  Upstream::Lease lease = co_await x.worker.upstream.acquire(x.config(), x.now->upstream_tls,
                                                             x.front.upstream_host, fresh);
  graph::Fields fields = fields_for(x, watch);
  co_await Upstream::send_head(lease, x.config(), x.head.method_token, raw_target(x),
                               std::move(fields));
  if (x.client.framing().kind != Framing::Kind::kNone) {
    const TransferGuard transferring(x);
    transferring.use_large(x.client, x.client.framing().length);
    transferring.use_large(*lease, x.client.framing().length);
    co_await send_continue(x);
    co_await relay_body(x, lease);
  }
  co_await lease->flush();
  graph::ResponseHead head = co_await Upstream::read_head(lease, x.config(), x.head.method);
  co_return Upstream::Response{std::move(lease), std::move(head)};
}

// A kept connection may have died in the meantime; what changes nothing is sent once more.
net::awaitable<Upstream::Response> send(Exchange& x, Watch watch) {
  std::optional<Refused> failed;
  try {
    co_return co_await send_once(x, watch, !may_repeat(x));
  } catch (Refused& refused) {
    failed = std::move(refused);
  }
  if (!may_repeat(x) || failed->refusal != graph::Refusal::kUpstreamUnreachable)
    throw *std::move(failed);
  co_return co_await send_once(x, watch, true);
}

// Whether the bytes of this answer are those at the beginning of the file.
bool is_from_the_start(const graph::ResponseHead& head) {
  if (head.status == 200) return true;
  const auto range = head.fields.find("Content-Range");
  const auto told = range ? graph::parse_content_range(*range) : std::nullopt;
  return head.status == 206 && (!told || told->range.first == 0);
}

net::awaitable<void> answer_without_body(Exchange& x, const graph::ResponseHead& head) {
  graph::ResponseHead told{head.status, sharepoint::passed_to_client(head.fields)};
  if (x.head.method == graph::Method::kHead) {
    if (const auto length = head.fields.find("Content-Length"))
      told.fields.set("Content-Length", std::string(*length));
  } else if (head.status != 204 && head.status != 304) {
    told.fields.set("Content-Length", "0");  // or the client would wait for a body
  }
  x.status = head.status;
  co_await x.client.write_head(told, {});
  co_await x.client.flush();
}

}  // namespace

net::awaitable<void> pass_tenant(Exchange& x, Watch watch) {
  x.decision = "pass";
  auto response = co_await send(x, watch);
  if (response.lease->framing().kind == Framing::Kind::kNone) {
    co_await answer_without_body(x, response.head);
    response.lease.release();
    co_return;
  }
  crypto::PrefixBytes begun{};
  std::size_t got = 0;
  if (watch == Watch::kSealed && is_from_the_start(response.head)) {
    const auto first = MutableByteView(begun).first(crypto::format::kMagic.size());
    got = co_await read_up_to(*response.lease, first);
    if (crypto::has_magic(ByteView(begun).first(got)))
      throw Refused{graph::Refusal::kNotAllowed,
                    "A sealed file is opened only for a caller who shows an access token.",
                    "sealed bytes for an unproven caller"};
  }
  graph::ResponseHead head{response.head.status,
                           sharepoint::passed_to_client(response.head.fields)};
  co_await copy_answer(x, response, std::move(head), ByteView(begun).first(got));
}

}  // namespace kerros::io
