#include "gateway/io/sessions/unanswered.h"

#include <algorithm>

#include "gateway/audit/record.h"
#include "gateway/io/sessions/common.h"

namespace kerros::io {

UnansweredNote::UnansweredNote(Exchange& x, std::string_view target)
    : x_(x), id_(name_id(x, target)), hold_(x.worker.shared.sessions.hold(id_)) {
  if (!hold_) return;
  auto earlier = x.store().find_session(id_);
  if (earlier && earlier->expires > now_ms()) earlier_ = *std::move(earlier);
}

net::awaitable<void> UnansweredNote::store(const keystore::SealedKey& sealed,
                                           const transfer::SessionState& state) {
  if (!hold_ || earlier_) co_return;  // the earlier one ends first
  keystore::SessionRecord record;
  record.session = id_;
  record.sealed = sealed;
  record.expires = now_ms() + kSessionLifeMs;
  record.state = transfer::encode(state);
  stored_ = record;
  Future<Status> stored(x_.worker.executor, [&](auto done) {
    x_.store().put_session(std::move(record), std::move(done));
  });
  // One that has run out and was not swept yet says the same.
  const Status status = co_await stored.get();
  if (!status && status.error().code != ErrorCode::kConflict) throw_store_error(status.error());
}

void UnansweredNote::gave_up() {
  if (!stored_) return;
  auto state = transfer::decode_session(stored_->state);
  if (!state) return;
  state->intent = 0;
  stored_->state = transfer::encode(*state);
  x_.store().update_session(*std::exchange(stored_, std::nullopt), 0, [](const Status&) {});
}

// An intent that has no outcome yet is that of a process that ended.
void UnansweredNote::tell_end_of_earlier() const {
  const auto state = transfer::decode_session(earlier_->state);
  if (!state || state->intent == 0) return;
  auto record = record_of(x_, audit::Event::kUploadDone, state->target,
                          "failed: the answer to the session was lost");
  record.actor = audit::as_field(state->actor);
  record.intent = state->intent;
  record.details.emplace_back("key", to_hex(earlier_->sealed.key));
  x_.installation().log->append(std::move(record), [](const Result<std::uint64_t>&) {});
}

void UnansweredNote::answered() {
  if (!hold_) return;
  if (earlier_) tell_end_of_earlier();
  x_.store().erase_session(id_, [](const Status&) {});
}

std::optional<Refused> UnansweredNote::blocked() const {
  if (!earlier_) return std::nullopt;
  const std::uint64_t now = now_ms();
  const std::uint64_t seconds = (std::max(earlier_->expires, now) - now) / 1000 + 1;
  return Refused{graph::Refusal::kNameBlocked,
                 "Try again in " + std::to_string(seconds) + " seconds.",
                 "an earlier session was never answered", static_cast<unsigned>(seconds)};
}

}  // namespace kerros::io
