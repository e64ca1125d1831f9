#include "gateway/io/worker/read_audit.h"

#include "gateway/installation.h"
#include "gateway/io/future.h"
#include "gateway/io/refused.h"

namespace kerros::io {

net::awaitable<ReadAudit::Ticket> ReadAudit::begin(audit::ReadKey read, audit::Record intent) {
  for (;;) {
    const auto admitted = windows_.begin(read, now_ms());
    if (!admitted) throw Refused{graph::Refusal::kBusy, "", admitted.error().detail};
    const audit::WindowId window = admitted->window;
    if (admitted->admission == audit::Admission::kCovered) co_return Ticket(*this, window);
    auto& timer = waiting_[window];
    if (admitted->admission == audit::Admission::kWait) {
      const auto waited = timer;
      error_code cancelled;
      co_await waited->async_wait(net::redirect_error(net::use_awaitable, cancelled));
      // Still there: the intent became durable and this reader counts in the window already.
      if (windows_.is_open(window)) co_return Ticket(*this, window);
      continue;
    }
    timer = std::make_shared<net::steady_timer>(executor_, net::steady_timer::time_point::max());
    intent.time_ms = now_ms();  // it may have waited for another reader's
    intent.details.emplace_back("key", to_hex(read.key));
    Future<Result<std::uint64_t>> appended(
        executor_, [&](auto done) { log_.append(std::move(intent), std::move(done)); });
    const auto position = co_await appended.get();
    if (position)
      windows_.intent_durable(window, *position);
    else
      windows_.intent_failed(window);
    waiting_[window]->cancel();
    waiting_.erase(window);
    if (!position) throw Refused{graph::Refusal::kLogUnavailable, "", position.error().detail};
    co_return Ticket(*this, window);
  }
}

void ReadAudit::close_due(std::uint64_t now, bool everything) {
  if (everything) waiting_.clear();  // timers must not outlive their executor
  for (const auto& closed : everything ? windows_.take_all() : windows_.take_due(now)) {
    audit::Record record;
    record.time_ms = now;
    record.event = audit::Event::kReadDone;
    record.actor = closed.key.caller;
    record.right = "see intent";
    record.source = "kerros-gateway";
    record.target = "key " + to_hex(closed.key.key);
    record.status = closed.bytes > 0 ? "done" : "done: nothing released";
    record.intent = closed.intent;
    record.details = audit::details_of(closed);
    log_.append(std::move(record), [](const Result<std::uint64_t>&) {});
  }
}

}  // namespace kerros::io
