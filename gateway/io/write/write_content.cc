// PUT content: sealed for protected places, byte for byte for ordinary ones.
#include "gateway/graph/request_fields.h"
#include "gateway/io/exchange/addressed.h"
#include "gateway/io/exchange/place.h"
#include "gateway/io/exchange/transfer_guard.h"
#include "gateway/io/registry/rewrite_json.h"
#include "gateway/io/registry/supersede.h"
#include "gateway/io/write/relay_body.h"
#include "gateway/io/write/send_sealed.h"
#include "gateway/io/write/spool.h"
#include "gateway/io/write/stages.h"

namespace kerros::io {

namespace {

net::awaitable<void> put_plain(Exchange& x, policy::Place place) {
  const TransferGuard transferring(x);
  auto fields = graph::upstream_fields(x.head.fields, false);
  const auto framing = x.client.framing();
  if (framing.kind == graph::Framing::Kind::kChunked)
    fields.set("Transfer-Encoding", "chunked");
  else
    fields.set("Content-Length", std::to_string(framing.length));
  Upstream::Lease lease =
      co_await x.worker.upstream.acquire(x.config(), x.now->upstream_tls, x.front.upstream_host);
  transferring.use_large(x.client, framing.length);
  transferring.use_large(*lease, framing.length);
  co_await Upstream::send_head(lease, x.config(), "PUT", raw_target(x), std::move(fields));
  co_await send_continue(x);
  co_await relay_body(x, lease);
  const UpstreamAnswer answer = co_await read_answer(x, lease, graph::Method::kPut);
  if (!answer.stored()) throw Relayed{answer.head, answer.body};
  note_proof(x);
  co_await supersede_sealed(x, answer.body, {addressed(x, std::move(place))});
  co_await reply(x, answer.head.status, answer_fields(x, answer.head),
                 rewrite_json(x, answer.body));
}

// Straight from the client through the window.
class LiveSource : public Source {
 public:
  LiveSource(Exchange& x, transfer::SealWindow& window) : x_(x), window_(window) {}
  net::awaitable<void> pump(SealedSink& sink, Upload& upload) override {
    co_await seal_body(x_, window_, sink);
    if (auto ok = window_.finish(); !ok)
      throw Refused{graph::Refusal::kInternal, "", ok.error().detail};
    co_await upload.durable();
    co_await sink.write(window_.ready());
  }

 private:
  Exchange& x_;
  transfer::SealWindow& window_;
};

// From the spool, after the client's body came to its end.
class SpooledSource : public Source {
 public:
  SpooledSource(const Spool& spool, MutableByteView buffer) : spool_(spool), buffer_(buffer) {}
  net::awaitable<void> pump(SealedSink& sink, Upload& upload) override {
    for (std::uint64_t at = 0; at < spool_.size();) {
      const std::size_t got = spool_.read(at, buffer_);
      at += got;
      if (at == spool_.size()) co_await upload.durable();
      co_await sink.write(ByteView(buffer_).first(got));
    }
  }

 private:
  const Spool& spool_;
  MutableByteView buffer_;
};

net::awaitable<void> put_sealed(Exchange& x, const policy::Rule& rule, std::string target) {
  if (!x.caller.has_token) throw Refused{graph::Refusal::kUnauthenticated, "", "no bearer token"};
  const TransferGuard transferring(x);
  const graph::Framing framing = x.client.framing();
  auto upload = Upload::begin(x, rule, std::move(target));
  const bool length_known = framing.kind != graph::Framing::Kind::kChunked;
  const Sizes told = sizes_of(framing.length);
  TransferBuffer buffer(x, length_known ? told.sealed : tls::BufferPool::kLarge);
  transfer::SealWindow window(upload->sealer(), buffer.bytes(), 0);
  window.put_sealed(upload->sealer().prefix(), transfer::SealWindow::Hash::kNow);
  upload->start_intent();
  upload->start_pending();
  transferring.use_large(x.client, length_known ? framing.length : tls::BufferPool::kLarge + 1);
  co_await send_continue(x);
  if (length_known) {
    LiveSource source(x, window);
    co_return co_await send_sealed(x, *upload, source, told, window);
  }
  Spool spool(x, x.config().limits.spool_bytes);
  co_await seal_body(x, window, spool);
  if (auto ok = window.finish(); !ok)
    throw Refused{graph::Refusal::kInternal, "", ok.error().detail};
  co_await spool.write(window.ready());
  const Sizes sizes = sizes_of(window.hashes().plain.length());
  SpooledSource source(spool, buffer.bytes());
  co_await send_sealed(x, *upload, source, sizes, window);
}

}  // namespace

net::awaitable<void> write_content(Exchange& x) {
  const policy::Place place = co_await place_for_write(x);
  const policy::Verdict verdict = policy::decide(x.config().policy, x.route, place);
  x.decision = policy::name(verdict.decision);
  switch (verdict.decision) {
    case policy::Decision::kSeal:
      co_return co_await put_sealed(x, *verdict.rule, audit_target(x, place));
    case policy::Decision::kPass:
      co_return co_await put_plain(x, place);
    case policy::Decision::kRewrite:
    case policy::Decision::kOpen:
    case policy::Decision::kRefuse:
      break;
  }
  throw Refused{graph::Refusal::kNotAllowed, "", verdict.reason};
}

}  // namespace kerros::io
