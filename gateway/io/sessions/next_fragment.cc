// The next fragment of a sealed session: from where upstream stands to the new point.
#include "crypto/offsets.h"
#include "gateway/io/exchange/transfer_guard.h"
#include "gateway/io/sessions/common.h"
#include "gateway/io/sessions/fragments.h"
#include "gateway/io/sessions/tag_claims.h"
#include "gateway/io/write/fragment_sink.h"

namespace kerros::io {

namespace {

using transfer::SessionState;

constexpr std::uint64_t kKeepFinishedMs = 10 * 60 * 1000;  // for a repeated last fragment

// `plain_end`: where the fragment ends. No range at all is told of a session that has every byte.
net::awaitable<std::uint64_t> where_upstream_stands(Exchange& x, HeldSession& s,
                                                    std::uint64_t plain_end) {
  const SessionState& state = s.state;
  if (x.worker.shared.sessions.take_agreed(s.record.session, state.sealed_confirmed))
    co_return state.sealed_confirmed;
  const auto total = crypto::sealed_size(state.plain_total).value_or(0);
  const auto told = co_await upstream_offset(x, s.url);
  if (!told && plain_end != state.plain_total) throw no_range();
  const std::uint64_t offset = told.value_or(total);
  if (offset < state.sealed_confirmed || offset > total)
    throw Refused{graph::Refusal::kFragmentDiffers, "",
                  "upstream went back, or is ahead of what was sent"};
  co_return offset;
}

// What is told when upstream did not take a fragment: the client repeats it, or starts over.
net::awaitable<void> fragment_failed(Exchange& x, HeldSession& s, const FragmentFailed& failed) {
  const unsigned status = failed.head ? failed.head->status : 0;
  if (status == 0 || status == 416 || (status >= 500 && status != 503))
    throw Refused{graph::Refusal::kUpstreamUnreachable, "", failed.detail};
  if (status == 404) {
    co_await end_session(x, s, "failed: upstream's session is gone");
    throw Refused{graph::Refusal::kSessionNotFound, "", "upstream's session is gone"};
  }
  throw Relayed{*failed.head, failed.body};
}

// At the last fragment: the bytes are stored, and the session can be committed under another name.
bool is_name_clash(const FragmentFailed& failed) {
  return failed.head && failed.head->status == 409 &&
         failed.body.find("nameAlreadyExists") != std::string::npos;
}

// Seals and sends; the state moves to the new point only after upstream has everything.
struct Sent {
  std::optional<UpstreamAnswer> answer;  // to the last upstream fragment, if there was one
  bool upstream_is_ahead = false;        // it holds more than the new point
  std::optional<FragmentFailed> clash;   // it holds everything, and the name was taken
};

net::awaitable<Sent> send_fragment(Exchange& x, HeldSession& s, const graph::ContentRange& range,
                                   Upload& upload) {
  SessionState& state = s.state;
  state.plain_total = range.total;
  const std::uint64_t upstream_at = co_await where_upstream_stands(x, s, range.range.last + 1);
  const auto plan = transfer::plan(state, range.range.last + 1, upstream_at);
  TransferBuffer buffer(x, tls::BufferPool::kLarge);
  transfer::SealWindow window(upload.sealer(), buffer.bytes(), crypto::chunk_of(state.plain_offset),
                              state.hashes);
  FragmentSink fragments(x, s.url, plan.fragments, plan.carry_from, plan.sealed_total,
                         state.sealed_confirmed);
  ClaimingSink sink(x, s, window, &fragments);
  if (plan.last) upload.start_pending();
  co_await send_continue(x);
  co_await fragments.write(state.carry);
  if (state.plain_offset == 0)
    window.put_sealed(upload.sealer().prefix(), transfer::SealWindow::Hash::kNow);
  if (auto ok = refill(window, state.tail); !ok) throw_store_error(ok.error());
  co_await seal_body(x, window, sink);
  if (plan.last) {
    if (auto ok = window.finish(); !ok) throw_store_error(ok.error());
    co_await upload.durable();
  }
  std::optional<FragmentFailed> clash;
  try {
    co_await sink.write(window.ready());
  } catch (FragmentFailed& failed) {
    if (!is_name_clash(failed) || !fragments.all_sent()) throw;
    clash = std::move(failed);
  }

  state.tail_before = std::move(state.tail);
  state.tail.assign(window.unfinished().begin(), window.unfinished().end());
  state.last_first = range.range.first;
  state.plain_offset = range.range.last + 1;
  state.sealed_confirmed = fragments.carry_from();
  state.carry = fragments.take_carry();
  state.hashes = window.hashes();
  co_return Sent{fragments.last_answer(), upstream_at > fragments.carry_from(), std::move(clash)};
}

void slide_expiry(SessionState& state, const std::optional<UpstreamAnswer>& answer) {
  if (!answer) return;
  const auto told = graph::read_session_answer(answer->body);
  if (told && !told->expiration.empty()) state.expiration = told->expiration;
}

}  // namespace

net::awaitable<void> finish_session(Exchange& x, HeldSession& s, Upload& upload,
                                    const UpstreamAnswer& answer) {
  const auto sealed = crypto::sealed_size(s.state.plain_total).value_or(0);
  s.state.final_answer =
      co_await upload.finish(answer.body, s.state.plain_total, sealed, s.state.hashes);
  s.state.final_status = answer.head.status;
  s.record.sealed = {};  // only the answer is kept: the version of the unit's key is free of it
  co_await store_session(x, s, ~std::uint64_t{0}, now_ms() + kKeepFinishedMs);
  co_await reply_json(x, s, s.state.final_status, s.state.final_answer);
}

net::awaitable<void> next_fragment(Exchange& x, HeldSession& s, const graph::ContentRange& range) {
  const TransferGuard transferring(x);
  transferring.use_large(x.client, range.range.length());
  auto upload =
      Upload::resume(x, s.record.sealed, s.state.item_class, s.state.target, s.state.intent);
  Sent sent;
  std::optional<FragmentFailed> failed;
  std::exception_ptr ended;
  const std::uint64_t tags_below = crypto::chunk_of(range.range.first);
  try {
    sent = co_await send_fragment(x, s, range, *upload);
  } catch (FragmentFailed& caught) {
    failed = std::move(caught);
  } catch (...) {
    ended = std::current_exception();
  }
  if (failed || ended) upload->leave_open();
  if (ended) std::rethrow_exception(ended);
  if (failed) co_return co_await fragment_failed(x, s, *failed);
  const bool whole = s.state.plain_offset == s.state.plain_total;
  if (whole && sent.answer && sent.answer->head.status != 202)
    co_return co_await finish_session(x, s, *upload, *sent.answer);
  upload->leave_open();
  slide_expiry(s.state, sent.answer);
  co_await store_session(x, s, tags_below, session_end(s.state.expiration, now_ms()));
  if (!sent.upstream_is_ahead)
    x.worker.shared.sessions.agree(s.record.session, s.state.sealed_confirmed);
  if (sent.clash) throw Relayed{*sent.clash->head, sent.clash->body};
  // All bytes are upstream, and why no file came of them was lost with an answer, or was a lock: a
  // 202 would be taken for success. The client commits the session, or ends it.
  if (awaits_commit(s.state))
    throw Refused{graph::Refusal::kNameTaken, "", "upstream has every byte and made no file"};
  co_await reply_json(x, s, 202, progress_json(s.state));
}

}  // namespace kerros::io
