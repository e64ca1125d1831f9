#include "gateway/io/write/send_sealed.h"

#include <nlohmann/json.hpp>

#include "crypto/offsets.h"
#include "crypto/random.h"
#include "gateway/graph/request_fields.h"
#include "gateway/io/write/fragment_sink.h"
#include "gateway/transfer/upload_session.h"

namespace kerros::io {

namespace {

// Statuses that leave no doubt that nothing was stored.
bool is_plain_refusal(unsigned status) {
  return status >= 400 && status < 500 && status != 408 && status != 429;
}

net::awaitable<void> answer_stored(Exchange& x, Upload& upload, const UpstreamAnswer& answer,
                                   Sizes sizes, const transfer::Hashes& hashes) {
  if (!answer.stored()) {
    if (is_plain_refusal(answer.head.status))
      co_await upload.give_up("refused: upstream answered " + std::to_string(answer.head.status));
    throw Relayed{answer.head, answer.body};
  }
  const std::string told = co_await upload.finish(answer.body, sizes.plain, sizes.sealed, hashes);
  co_await reply(x, answer.head.status, answer_fields(x, answer.head), told);
}

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

}  // namespace

Sizes sizes_of(std::uint64_t plain) {
  const auto sealed = crypto::sealed_size(plain);
  if (!sealed || *sealed > transfer::kMaxUpstreamFile)
    throw Refused{graph::Refusal::kTooLarge, "", "no file of this length fits upstream"};
  return {plain, *sealed};
}

net::awaitable<void> send_sealed(Exchange& x, Upload& upload, Source& source, Sizes sizes,
                                 const transfer::SealWindow& window) {
  if (sizes.sealed < transfer::kSimplePutLimit) return put_whole(x, upload, source, sizes, window);
  return put_by_session(x, upload, source, sizes, window);
}

}  // namespace kerros::io
