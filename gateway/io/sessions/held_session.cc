#include "gateway/io/sessions/held_session.h"

#include "gateway/io/write/sealed_sink.h"
#include "gateway/io/write/sealing.h"

namespace kerros::io {

HeldSession find_session(Exchange& x, const crypto::Id& id) {
  auto hold = x.worker.shared.sessions.hold(id);
  if (!hold)
    throw Refused{graph::Refusal::kBusy, "Another fragment of this session is on its way.",
                  "session busy"};
  auto record = x.store().find_session(id);
  if (!record && record.error().code == ErrorCode::kNotFound)
    throw Refused{graph::Refusal::kSessionNotFound, "", "no such session"};
  if (!record) throw_store_error(record.error());
  auto state = transfer::decode_session(record->state);
  const auto url = state ? parse_upstream_url(state->upstream_url) : std::nullopt;
  if (!url) throw Refused{graph::Refusal::kSessionNotFound, "", "session record unreadable"};
  return HeldSession{std::move(hold), *std::move(record), *std::move(state), *url};
}

net::awaitable<void> store_session(Exchange& x, HeldSession& s, std::uint64_t tags_below,
                                   std::uint64_t expires) {
  keystore::SessionRecord record = s.record;
  record.expires = expires;
  record.state = transfer::encode(s.state);
  Future<Status> stored(x.worker.executor, [&](auto done) {
    x.store().update_session(std::move(record), tags_below, std::move(done));
  });
  if (const Status status = co_await stored.get(); !status) throw_store_error(status.error());
}

net::awaitable<void> erase_session(Exchange& x, const crypto::Id& id) {
  x.worker.shared.sessions.forget(id);
  Future<Status> erased(x.worker.executor,
                        [&](auto done) { x.store().erase_session(id, std::move(done)); });
  co_await erased.get();
}

net::awaitable<void> end_session(Exchange& x, HeldSession& s, const std::string& status) {
  co_await cancel_upstream(x, s.url);
  co_await erase_session(x, s.record.session);
  const auto upload =
      Upload::resume(x, s.record.sealed, s.state.item_class, s.state.target, s.state.intent);
  upload->fail(status);
}

net::awaitable<void> reply_json(Exchange& x, HeldSession& s, unsigned status,
                                std::string_view json) {
  s.hold.reset();
  graph::Fields fields;
  fields.add("Content-Type", "application/json");
  fields.add("request-id", x.request_id);
  co_await reply(x, status, std::move(fields), json);
}

net::awaitable<void> answer_without_reading(Exchange& x, HeldSession& s, unsigned status,
                                            std::string_view json) {
  co_await send_continue(x);
  constexpr std::uint64_t kLongestFragment = 256ull << 20;
  co_await x.client.drain_body(kLongestFragment);
  co_await reply_json(x, s, status, json);
}

}  // namespace kerros::io
