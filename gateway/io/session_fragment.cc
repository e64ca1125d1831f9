// The gateway's own upload URL: fragments of a sealed session, its status, its end.
#include <ctime>
#include <nlohmann/json.hpp>

#include "crypto/format.h"
#include "crypto/offsets.h"
#include "gateway/graph/request_fields.h"
#include "gateway/io/fragment_sink.h"
#include "gateway/io/sealing.h"
#include "gateway/io/session_common.h"
#include "gateway/io/transfer_guard.h"

namespace kerros::io {

namespace {

using transfer::FragmentKind;
using transfer::SessionState;

constexpr std::uint64_t kKeepFinishedMs = 10 * 60 * 1000;  // for a repeated last fragment

// A session as it was found, held so that no other fragment of it runs.
struct Session {
  std::optional<SessionTable::Hold> hold;
  keystore::SessionRecord record;
  SessionState state;
  UpstreamUrl url;
};

Session find_session(Exchange& x, const crypto::Id& id) {
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
  x.caller.actor = state->actor;
  return Session{std::move(hold), *std::move(record), *std::move(state), *url};
}

net::awaitable<void> store_session(Exchange& x, Session& s, std::uint64_t tags_below,
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

net::awaitable<void> claim(Exchange& x, const Session& s, const transfer::SealWindow& window) {
  const ByteView tags = window.tags();
  if (tags.empty()) co_return;
  Future<Status> claimed(x.worker.executor, [&](auto done) {
    x.store().claim_tags(s.record.session, window.first_chunk(), Bytes(tags.begin(), tags.end()),
                         std::move(done));
  });
  const Status status = co_await claimed.get();
  if (!status && status.error().code == ErrorCode::kConflict)
    throw Refused{graph::Refusal::kFragmentDiffers, "", "a chunk came again with other bytes"};
  if (!status) throw_store_error(status.error());
}

// Claims the tags of whatever passes before it goes on to the real sink.
class ClaimingSink : public SealedSink {
 public:
  ClaimingSink(Exchange& x, const Session& s, const transfer::SealWindow& window,
               SealedSink* behind)
      : x_(x), session_(s), window_(window), behind_(behind) {}
  net::awaitable<void> write(ByteView sealed) override {
    co_await claim(x_, session_, window_);
    if (behind_) co_await behind_->write(sealed);
  }

 private:
  Exchange& x_;
  const Session& session_;
  const transfer::SealWindow& window_;
  SealedSink* behind_;  // nullptr: a repetition is only compared
};

// A session that ends here without a file: upstream's own is cancelled, so that the name is free
// again, and the upload intent gets its outcome.
net::awaitable<void> end_session(Exchange& x, Session& s, const std::string& status) {
  co_await cancel_upstream(x, s.url);
  co_await erase_session(x, s.record.session);
  const auto upload =
      Upload::resume(x, s.record.sealed, s.state.item_class, s.state.target, s.state.intent);
  upload->fail(status);
}

Status refill(transfer::SealWindow& window, ByteView tail) {
  if (tail.empty()) return {};
  std::ranges::copy(tail, window.space().begin());
  return window.filled(tail.size());
}

// The session is let go before the answer leaves: the next fragment may come before we return.
net::awaitable<void> reply_json(Exchange& x, Session& s, unsigned status, std::string_view json) {
  s.hold.reset();
  graph::Fields fields;
  fields.add("Content-Type", "application/json");
  fields.add("request-id", x.request_id);
  co_await reply(x, status, std::move(fields), json);
}

// --- the next fragment ---

net::awaitable<std::uint64_t> where_upstream_stands(Exchange& x, Session& s) {
  const SessionState& state = s.state;
  if (x.worker.shared.sessions.take_agreed(s.record.session, state.sealed_confirmed))
    co_return state.sealed_confirmed;
  const auto total = crypto::sealed_size(state.plain_total).value_or(0);
  const std::uint64_t offset = co_await upstream_offset(x, s.url);
  if (offset < state.sealed_confirmed || offset > total)
    throw Refused{graph::Refusal::kFragmentDiffers, "",
                  "upstream went back, or is ahead of what was sent"};
  co_return offset;
}

// What is told when upstream did not take a fragment: the client repeats it, or starts over.
net::awaitable<void> fragment_failed(Exchange& x, Session& s, const FragmentFailed& failed) {
  const unsigned status = failed.head ? failed.head->status : 0;
  if (status == 0 || status == 416 || (status >= 500 && status != 503))
    throw Refused{graph::Refusal::kUpstreamUnreachable, "", failed.detail};
  if (status == 404) {
    co_await end_session(x, s, "failed: upstream's session is gone");
    throw Refused{graph::Refusal::kSessionNotFound, "", "upstream's session is gone"};
  }
  throw Relayed{*failed.head, failed.body};
}

// Seals and sends; the state moves to the new point only after upstream has everything.
struct Sent {
  std::optional<UpstreamAnswer> answer;  // to the last upstream fragment, if there was one
  bool upstream_is_ahead = false;        // it holds more than the new point
};

net::awaitable<Sent> send_fragment(Exchange& x, Session& s, const graph::ContentRange& range,
                                   Upload& upload) {
  SessionState& state = s.state;
  state.plain_total = range.total;
  const std::uint64_t upstream_at = co_await where_upstream_stands(x, s);
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
  co_await sink.write(window.ready());

  state.tail_before = std::move(state.tail);
  state.tail.assign(window.unfinished().begin(), window.unfinished().end());
  state.last_first = range.range.first;
  state.plain_offset = range.range.last + 1;
  state.sealed_confirmed = fragments.carry_from();
  state.carry = fragments.take_carry();
  state.hashes = window.hashes();
  co_return Sent{fragments.last_answer(), upstream_at > fragments.carry_from()};
}

void slide_expiry(SessionState& state, const std::optional<UpstreamAnswer>& answer) {
  if (!answer) return;
  const auto told = graph::read_session_answer(answer->body);
  if (told && !told->expiration.empty()) state.expiration = told->expiration;
}

// The final answer is bound, kept for a repeated last fragment, and told.
net::awaitable<void> finish_session(Exchange& x, Session& s, Upload& upload,
                                    const UpstreamAnswer& answer) {
  const auto sealed = crypto::sealed_size(s.state.plain_total).value_or(0);
  s.state.final_answer =
      co_await upload.finish(answer.body, s.state.plain_total, sealed, s.state.hashes);
  s.state.final_status = answer.head.status;
  co_await store_session(x, s, ~std::uint64_t{0}, now_ms() + kKeepFinishedMs);
  co_await reply_json(x, s, s.state.final_status, s.state.final_answer);
}

net::awaitable<void> next_fragment(Exchange& x, Session& s, const graph::ContentRange& range) {
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
  // All bytes are upstream and no file came of them (locked at the commit, say): a 202 would be
  // taken for success, so the client starts over.
  if (whole && !s.state.defer_commit) {
    co_await end_session(x, s, "failed: upstream has every byte and made no file");
    throw Refused{graph::Refusal::kSessionNotFound, "", "upstream made no file of the session"};
  }
  slide_expiry(s.state, sent.answer);
  co_await store_session(x, s, tags_below, session_end(s.state.expiration, now_ms()));
  if (!sent.upstream_is_ahead)
    x.worker.shared.sessions.agree(s.record.session, s.state.sealed_confirmed);
  co_await reply_json(x, s, 202, progress_json(s.state));
}

// --- a fragment that came before ---

net::awaitable<void> compare_repeated(Exchange& x, Session& s) {
  const TransferGuard transferring(x);
  const SessionState& state = s.state;
  auto upload = Upload::resume(x, s.record.sealed, state.item_class, state.target, state.intent);
  upload->leave_open();
  TransferBuffer buffer(x, tls::BufferPool::kLarge);
  transfer::SealWindow window(upload->sealer(), buffer.bytes(), crypto::chunk_of(state.last_first));
  ClaimingSink sink(x, s, window, nullptr);
  if (auto ok = refill(window, state.tail_before); !ok) throw_store_error(ok.error());
  co_await send_continue(x);
  co_await seal_body(x, window, sink);
  const bool whole = state.plain_offset == state.plain_total;
  if (whole) {  // its final chunk was sealed: compared by its tag like the others
    if (auto ok = window.finish(); !ok) throw_store_error(ok.error());
  }
  co_await sink.write(window.ready());
  if (!whole && !std::ranges::equal(window.unfinished(), state.tail))
    throw Refused{graph::Refusal::kFragmentDiffers, "", "the fragment came again with other bytes"};
  co_await reply_json(x, s, 202, progress_json(state));
}

net::awaitable<void> answer_without_reading(Exchange& x, Session& s, unsigned status,
                                            std::string_view json) {
  co_await send_continue(x);
  constexpr std::uint64_t kLongestFragment = 256ull << 20;
  co_await x.client.drain_body(kLongestFragment);
  co_await reply_json(x, s, status, json);
}

graph::ContentRange read_fragment_range(const Exchange& x) {
  const auto range = graph::parse_fragment_range(x.head.fields.find("Content-Range"));
  if (!range) throw Refused{graph::Refusal::kFragmentMalformed, "", range.error().detail};
  return *range;
}

void check_length(const Exchange& x, const graph::ContentRange& range) {
  const auto framing = x.client.framing();
  if (framing.kind == graph::Framing::Kind::kChunked)
    throw Refused{graph::Refusal::kLengthRequired, "", "fragment without Content-Length"};
  if (framing.length != range.range.length())
    throw Refused{graph::Refusal::kFragmentMalformed,
                  "Content-Length is not the length of Content-Range.", "length differs"};
}

net::awaitable<void> take_fragment(Exchange& x, Session& s) {
  const graph::ContentRange range = read_fragment_range(x);
  const FragmentKind kind = transfer::judge(s.state, range);
  if (kind == FragmentKind::kFinished)
    co_return co_await answer_without_reading(x, s, s.state.final_status, s.state.final_answer);
  check_length(x, range);
  switch (kind) {
    case FragmentKind::kNext:
      co_return co_await next_fragment(x, s, range);
    case FragmentKind::kRepeatOfLast:
      co_return co_await compare_repeated(x, s);
    case FragmentKind::kOlder:
      co_return co_await answer_without_reading(x, s, 202, progress_json(s.state));
    case FragmentKind::kFinished:
      break;
    case FragmentKind::kOverlap:
      throw Refused{graph::Refusal::kFragmentOverlap, "", "overlap"};
    case FragmentKind::kGap:
      throw Refused{graph::Refusal::kFragmentOutOfOrder, "", "gap"};
    case FragmentKind::kTotalDiffers:
      throw Refused{graph::Refusal::kFragmentMalformed,
                    "The total differs from that of the first fragment.", "total changed"};
    case FragmentKind::kTooLarge:
      throw Refused{graph::Refusal::kTooLarge, "", "total too large"};
  }
}

net::awaitable<void> commit_deferred(Exchange& x, Session& s) {
  if (s.state.finished())
    co_return co_await answer_without_reading(x, s, s.state.final_status, s.state.final_answer);
  if (s.state.plain_total == 0 || s.state.plain_offset != s.state.plain_total)
    throw Refused{graph::Refusal::kFragmentOutOfOrder, "", "commit before the last fragment"};
  auto upload =
      Upload::resume(x, s.record.sealed, s.state.item_class, s.state.target, s.state.intent);
  const TransferGuard transferring(x);
  upload->leave_open();  // until upstream said something, the outcome is another request's
  upload->start_pending();
  co_await upload->durable();
  Upstream::Request request;
  request.host = s.url.host;
  request.method = graph::Method::kPost;
  request.target = s.url.target;
  auto response = co_await ask_upstream(x, std::move(request));
  const UpstreamAnswer answer{response.head, co_await collect(x, response)};
  if (answer.head.status != 200 && answer.head.status != 201)
    throw Relayed{answer.head, answer.body};
  co_await finish_session(x, s, *upload, answer);
}

net::awaitable<void> cancel_session(Exchange& x, Session& s) {
  if (s.state.finished())
    throw Refused{graph::Refusal::kSessionNotFound, "", "the session is finished"};
  co_await end_session(x, s, "refused: cancelled by the client");
  co_await reply(x, 204, {}, "");
}

net::awaitable<void> sealed_upload(Exchange& x, const crypto::Id& id) {
  x.decision = "seal";
  Session s = find_session(x, id);
  std::optional<Refused> fatal;
  try {
    switch (x.route.method) {
      case graph::Method::kPut:
        co_await take_fragment(x, s);
        break;
      case graph::Method::kPost:
        co_await commit_deferred(x, s);
        break;
      case graph::Method::kDelete:
        co_await cancel_session(x, s);
        break;
      case graph::Method::kGet:
        if (s.state.finished())
          throw Refused{graph::Refusal::kSessionNotFound, "", "the session is finished"};
        co_await reply_json(x, s, 200, progress_json(s.state));
        break;
      default:
        throw Refused{graph::Refusal::kUnknownRoute, "", "method on an upload URL"};
    }
  } catch (Refused& refused) {
    fatal = std::move(refused);
  }
  if (!fatal) co_return;
  // Other bytes under used nonces must never leave: the session ends, and so does its key.
  if (fatal->refusal == graph::Refusal::kFragmentDiffers)
    co_await end_session(x, s, "failed: " + fatal->detail);
  // Upstream stored something else; the outcome is on record already.
  if (fatal->refusal == graph::Refusal::kStoredDiffers) co_await erase_session(x, s.record.session);
  throw *std::move(fatal);
}

}  // namespace

std::uint64_t session_end(std::string_view expiration, std::uint64_t now) {
  std::tm broken{};
  const std::string text(expiration.substr(0, 19));
  if (text.size() < 19 || !strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &broken))
    return now + kSessionLifeMs;
  const std::time_t seconds = std::max<std::time_t>(timegm(&broken), 0);
  const auto end = static_cast<std::uint64_t>(seconds) * 1000;
  return end > now + kSessionMarginMs ? end - kSessionMarginMs : end;
}

std::string progress_json(const SessionState& state) {
  nlohmann::ordered_json json;
  json["expirationDateTime"] = state.expiration;
  json["nextExpectedRanges"] = nlohmann::json::array();
  if (state.plain_total == 0 || state.plain_offset < state.plain_total)
    json["nextExpectedRanges"].push_back(transfer::next_expected_range(state));
  return json.dump();
}

net::awaitable<void> own_upload(Exchange& x) {
  const auto sealed = x.worker.shared.urls->open_upload(x.route.own_token, now_ms());
  if (sealed) co_return co_await sealed_upload(x, *sealed);
  const auto plain = x.worker.shared.urls->open_plain_upload(x.route.own_token, now_ms());
  if (plain) co_return co_await plain_upload(x, *plain);
  throw Refused{graph::Refusal::kSessionNotFound, "", "upload URL not issued here"};
}

}  // namespace kerros::io
