// PUT content: sealed for protected places, byte for byte for ordinary ones.
#include <nlohmann/json.hpp>

#include "crypto/offsets.h"
#include "crypto/random.h"
#include "gateway/graph/request_fields.h"
#include "gateway/io/exchange/addressed.h"
#include "gateway/io/exchange/place.h"
#include "gateway/io/exchange/transfer_guard.h"
#include "gateway/io/registry/rewrite_json.h"
#include "gateway/io/registry/supersede.h"
#include "gateway/io/write/fragment_sink.h"
#include "gateway/io/write/relay_body.h"
#include "gateway/io/write/sealing.h"
#include "gateway/io/write/spool.h"
#include "gateway/io/write/stages.h"
#include "gateway/transfer/upload_session.h"

namespace kerros::io {

namespace {

bool accepted(const UpstreamAnswer& answer) {
  return answer.head.status == 200 || answer.head.status == 201;
}

// --- ordinary files ---

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
  if (!accepted(answer)) throw Relayed{answer.head, answer.body};
  note_proof(x);
  co_await supersede_sealed(x, answer.body, {addressed(x, std::move(place))});
  co_await reply(x, answer.head.status, answer_fields(x, answer.head),
                 rewrite_json(x, answer.body));
}

// --- protected files ---

struct Sizes {
  std::uint64_t plain;
  std::uint64_t sealed;
};

Sizes sizes_of(std::uint64_t plain) {
  const auto sealed = crypto::sealed_size(plain);
  if (!sealed || *sealed > transfer::kMaxUpstreamFile)
    throw Refused{graph::Refusal::kTooLarge, "", "no file of this length fits upstream"};
  return {plain, *sealed};
}

// Statuses that leave no doubt that nothing was stored.
bool is_plain_refusal(unsigned status) {
  return status >= 400 && status < 500 && status != 408 && status != 429;
}

net::awaitable<void> answer_stored(Exchange& x, Upload& upload, const UpstreamAnswer& answer,
                                   Sizes sizes, const transfer::Hashes& hashes) {
  if (!accepted(answer)) {
    if (is_plain_refusal(answer.head.status))
      co_await upload.give_up("refused: upstream answered " + std::to_string(answer.head.status));
    throw Relayed{answer.head, answer.body};
  }
  const std::string told = co_await upload.finish(answer.body, sizes.plain, sizes.sealed, hashes);
  co_await reply(x, answer.head.status, answer_fields(x, answer.head), told);
}

// Sends everything sealed so far and what follows, the last part only when all is durable.
class Source {
 public:
  virtual ~Source() = default;
  virtual net::awaitable<void> pump(SealedSink& sink, Upload& upload) = 0;
};

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

net::awaitable<void> put_whole(Exchange& x, Upload& upload, Source& source, Sizes sizes,
                               const transfer::SealWindow& window) {
  auto sink = co_await PutSink::open(x, raw_target(x), graph::upstream_fields(x.head.fields, true),
                                     sizes.sealed);
  co_await source.pump(*sink, upload);
  const UpstreamAnswer answer = co_await sink->answer();
  co_await answer_stored(x, upload, answer, sizes, window.hashes());
}

// The tenant's hosts have names of their own for annotations.
const char* conflict_key(const Exchange& x) {
  return x.front.kind == sharepoint::HostKind::kGraph ? "@microsoft.graph.conflictBehavior"
                                                      : "@name.conflictBehavior";
}

// What does not fit one PUT goes by an upstream session of our own.
net::awaitable<std::string> open_upstream_session(Exchange& x) {
  const std::string behavior = graph::conflict_behavior(x.route.target);
  const nlohmann::json body = {
      {"item", {{conflict_key(x), behavior.empty() ? "replace" : behavior}}}};
  const graph::ItemAddress& item = x.route.target.item;
  auto request = graph_request(x, graph::Method::kPost,
                               item.raw_item + "/createUploadSession" +
                                   (item.raw_alias.empty() ? "" : "?" + item.raw_alias));
  request.fields.set("Content-Type", "application/json");
  request.body = body.dump();
  auto response = co_await ask_upstream(x, std::move(request));
  const std::string text = co_await collect(x, response);
  if (response.head.status != 200) throw Relayed{response.head, text};
  const auto answer = graph::read_session_answer(text);
  const auto url = answer ? parse_upstream_url(answer->upload_url) : std::nullopt;
  if (!url || !is_content_host(x.config().upstream, url->host))
    throw Refused{graph::Refusal::kUpstreamMalformed, "", "uploadUrl of a host not allowed"};
  co_return answer->upload_url;
}

// Remembers the session while it runs, due for the sweeper from the beginning: only the hold keeps
// him off. Should this process die, the next one ends the session, and the name is free again.
class RunningSession {
 public:
  RunningSession(Exchange& x, const Upload& upload, const std::string& url, std::string target)
      : x_(x), id_(crypto::time_ordered_id(now_ms())), hold_(x.worker.shared.sessions.hold(id_)) {
    transfer::SessionState state;
    state.upstream_url = url;
    state.actor = x.caller.actor;
    state.target = std::move(target);
    state.intent = upload.intent();
    x.store().put_session({id_, upload.sealed(), now_ms(), transfer::encode(state)},
                          [](const Status&) {});
  }
  ~RunningSession() {  // the hold goes when the record is gone, or the sweeper could find it
    auto last = std::make_shared<std::optional<SessionTable::Hold>>(std::move(hold_));
    x_.store().erase_session(id_, [last](const Status&) {});
  }
  RunningSession(const RunningSession&) = delete;
  RunningSession& operator=(const RunningSession&) = delete;

 private:
  Exchange& x_;
  crypto::Id id_;
  std::optional<SessionTable::Hold> hold_;
};

net::awaitable<void> put_by_session(Exchange& x, Upload& upload, Source& source, Sizes sizes,
                                    const transfer::SealWindow& window) {
  co_await upload.intended();
  const std::string upload_url = co_await open_upstream_session(x);
  const RunningSession running(x, upload, upload_url, upload.target());
  const UpstreamUrl url = *parse_upstream_url(upload_url);
  FragmentSink sink(x, url, transfer::cut(0, sizes.sealed, true), sizes.sealed, sizes.sealed, 0);
  std::optional<FragmentFailed> failed;
  std::exception_ptr ended;
  try {
    co_await source.pump(sink, upload);
  } catch (FragmentFailed& caught) {
    failed = std::move(caught);
  } catch (...) {
    ended = std::current_exception();
  }
  if (failed || ended) co_await cancel_upstream(x, url);
  if (ended) std::rethrow_exception(ended);
  if (failed && failed->head) throw Relayed{*failed->head, failed->body};
  if (failed) throw Refused{graph::Refusal::kUpstreamUnreachable, "", failed->detail};
  co_await answer_stored(x, upload, *sink.last_answer(), sizes, window.hashes());
}

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
    if (told.sealed < transfer::kSimplePutLimit)
      co_return co_await put_whole(x, *upload, source, told, window);
    co_return co_await put_by_session(x, *upload, source, told, window);
  }
  Spool spool(x, x.config().limits.spool_bytes);
  co_await seal_body(x, window, spool);
  if (auto ok = window.finish(); !ok)
    throw Refused{graph::Refusal::kInternal, "", ok.error().detail};
  co_await spool.write(window.ready());
  const Sizes sizes = sizes_of(window.hashes().plain.length());
  SpooledSource source(spool, buffer.bytes());
  if (sizes.sealed < transfer::kSimplePutLimit)
    co_return co_await put_whole(x, *upload, source, sizes, window);
  co_return co_await put_by_session(x, *upload, source, sizes, window);
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
