#include "gateway/io/sessions/sweeper.h"

#include <spdlog/spdlog.h>

#include "gateway/io/future.h"
#include "gateway/io/refused.h"
#include "gateway/transfer/upload_session.h"

namespace kerros::io {

namespace {

constexpr auto kEvery = std::chrono::seconds(30);

audit::Record expired_record(const transfer::SessionState& state, const crypto::Id& key) {
  audit::Record record;
  record.time_ms = now_ms();
  record.event = audit::Event::kUploadDone;
  record.actor = audit::as_field(state.actor);
  record.right = "session";
  record.source = "kerros-gateway";
  record.target = audit::as_field(state.target);
  record.status = "failed: the session expired";
  record.intent = state.intent;
  record.details.emplace_back("key", to_hex(key));
  return record;
}

net::awaitable<void> cancel(Worker& worker, const transfer::SessionState& state) {
  const auto snapshot = worker.shared.snapshots.current();
  const auto url = parse_upstream_url(state.upstream_url);
  if (!url) co_return;
  Upstream::Request request;
  request.host = url->host;
  request.method = graph::Method::kDelete;
  request.target = url->target;
  auto response = co_await worker.upstream.request(snapshot->config, snapshot->upstream_tls,
                                                   std::move(request));
  if (co_await response.lease->drain_body(64 * 1024)) response.lease.release();
}

net::awaitable<void> end_session(Worker& worker, const crypto::Id& id) {
  auto hold = worker.shared.sessions.hold(id);
  if (!hold) co_return;
  const auto record = worker.shared.installation.store->find_session(id);
  if (!record || record->expires > now_ms()) co_return;  // a fragment came meanwhile
  const auto state = transfer::decode_session(record->state);
  if (state && !state->finished()) {
    try {
      co_await cancel(worker, *state);
    } catch (const Refused& refused) {
      spdlog::debug("expired session was not cancelled upstream: {}", refused.detail);
    }
    if (state->intent != 0)  // 0: its outcome is on record
      worker.shared.installation.log->append(expired_record(*state, record->sealed.key),
                                             [](const Result<std::uint64_t>&) {});
  }
  worker.shared.sessions.forget(id);
  Future<Status> erased(worker.executor, [&](auto done) {
    worker.shared.installation.store->erase_session(id, std::move(done));
  });
  co_await erased.get();
}

}  // namespace

net::awaitable<void> sweep_sessions(Worker& worker) {
  for (;;) {
    const auto expired = worker.shared.installation.store->expired_sessions(now_ms());
    if (expired)
      for (const auto& id : *expired) co_await end_session(worker, id);
    net::steady_timer timer(worker.executor, kEvery);
    error_code ignored;
    co_await timer.async_wait(net::redirect_error(net::use_awaitable, ignored));
  }
}

}  // namespace kerros::io
