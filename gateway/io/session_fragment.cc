// The gateway's own upload URL: fragments of a sealed session, its status, its end.
#include <ctime>
#include <nlohmann/json.hpp>

#include "crypto/format.h"
#include "crypto/offsets.h"
#include "gateway/graph/request_fields.h"
#include "gateway/io/sealed_sink.h"
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
  SessionTable::Hold hold;
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
  return Session{*std::move(hold), *std::move(record), *std::move(state), *url};
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

// Everything a void session leaves behind is cleaned up; its name is free again upstream.
net::awaitable<void> void_session(Exchange& x, Session& s) {
  co_await cancel_upstream(x, s.url);
  co_await erase_session(x, s.record.session);
}

Status refill(transfer::SealWindow& window, ByteView tail) {
  if (tail.empty()) return {};
  std::ranges::copy(tail, window.space().begin());
  return window.filled(tail.size());
}

net::awaitable<void> reply_json(Exchange& x, unsigned status, std::string_view json) {
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
  const std::uint64_t offset = co_await upstream_offset(x, s.url, total);
  if (offset < state.sealed_confirmed || offset > total)
    throw Refused{graph::Refusal::kFragmentDiffers, "",
                  "upstream went back, or is ahead of what was sent"};
  co_return offset;
}

// What is told when upstream did not take a fragment: the client repeats it, or starts over.
net::awaitable<void> fragment_failed(Exchange& x, Session& s, const FragmentFailed& failed) {
  if (!failed.head || failed.head->status == 416 || failed.head->status >= 500)
    throw Refused{graph::Refusal::kUpstreamUnreachable, "", failed.detail};
  if (failed.head->status == 404) {
    co_await erase_session(x, s.record.session);
    throw Refused{graph::Refusal::kSessionNotFound, "", "upstream's session is gone"};
  }
  throw Relayed{*failed.head, failed.body};
}

// Seals and sends; the state moves to the new point only after upstream has everything.
net::awaitable<std::optional<UpstreamAnswer>> send_fragment(Exchange& x, Session& s,
                                                            const graph::ContentRange& range,
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
  state.sealed_confirmed = plan.carry_from;
  state.carry = fragments.take_carry();
  state.hashes = window.hashes();
  co_return fragments.last_answer();
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
  co_await reply_json(x, s.state.final_status, s.state.final_answer);
}

net::awaitable<void> next_fragment(Exchange& x, Session& s, const graph::ContentRange& range) {
  const TransferGuard transferring(x);
  transferring.use_large(x.client, range.range.length());
  auto upload =
      Upload::resume(x, s.record.sealed, s.state.item_class, s.state.target, s.state.intent);
  std::optional<UpstreamAnswer> answer;
  std::optional<FragmentFailed> failed;
  std::exception_ptr ended;
  const std::uint64_t tags_below = crypto::chunk_of(range.range.first);
  try {
    answer = co_await send_fragment(x, s, range, *upload);
  } catch (FragmentFailed& caught) {
    failed = std::move(caught);
  } catch (...) {
    ended = std::current_exception();
  }
  if (failed || ended) upload->leave_open();
  if (ended) std::rethrow_exception(ended);
  if (failed) co_return co_await fragment_failed(x, s, *failed);
  const bool whole = s.state.plain_offset == s.state.plain_total;
  if (whole && answer && answer->head.status != 202)
    co_return co_await finish_session(x, s, *upload, *answer);
  upload->leave_open();
  slide_expiry(s.state, answer);
  co_await store_session(x, s, tags_below, session_end(s.state.expiration, now_ms()));
  x.worker.shared.sessions.agree(s.record.session, s.state.sealed_confirmed);
  co_await reply_json(x, 202, progress_json(s.state));
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
  co_await sink.write(window.ready());
  if (!std::ranges::equal(window.unfinished(), state.tail))
    throw Refused{graph::Refusal::kFragmentDiffers, "", "the fragment came again with other bytes"};
  co_await reply_json(x, 202, progress_json(state));
}

net::awaitable<void> answer_without_reading(Exchange& x, unsigned status, std::string_view json) {
  co_await send_continue(x);
  constexpr std::uint64_t kLongestFragment = 256ull << 20;
  co_await x.client.drain_body(kLongestFragment);
  co_await reply_json(x, status, json);
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
    co_return co_await answer_without_reading(x, s.state.final_status, s.state.final_answer);
  check_length(x, range);
  switch (kind) {
    case FragmentKind::kNext:
      co_return co_await next_fragment(x, s, range);
    case FragmentKind::kRepeatOfLast:
      co_return co_await compare_repeated(x, s);
    case FragmentKind::kOlder:
      co_return co_await answer_without_reading(x, 202, progress_json(s.state));
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
    co_return co_await answer_without_reading(x, s.state.final_status, s.state.final_answer);
  if (s.state.plain_total == 0 || s.state.plain_offset != s.state.plain_total)
    throw Refused{graph::Refusal::kFragmentOutOfOrder, "", "commit before the last fragment"};
  auto upload =
      Upload::resume(x, s.record.sealed, s.state.item_class, s.state.target, s.state.intent);
  upload->start_pending();
  co_await upload->durable();
  Upstream::Request request;
  request.host = s.url.host;
  request.method = graph::Method::kPost;
  request.target = s.url.target;
  auto response = co_await ask_upstream(x, std::move(request));
  const UpstreamAnswer answer{response.head, co_await collect(x, response)};
  if (answer.head.status != 200 && answer.head.status != 201) {
    upload->leave_open();
    throw Relayed{answer.head, answer.body};
  }
  co_await finish_session(x, s, *upload, answer);
}

net::awaitable<void> cancel_session(Exchange& x, Session& s) {
  const bool finished = s.state.finished();
  auto upload =
      Upload::resume(x, s.record.sealed, s.state.item_class, s.state.target, s.state.intent);
  if (finished) {
    upload->leave_open();
    throw Refused{graph::Refusal::kSessionNotFound, "", "the session is finished"};
  }
  co_await void_session(x, s);
  co_await upload->give_up("refused: cancelled by the client");
  co_await reply(x, 204, {}, "");
}

net::awaitable<void> sealed_upload(Exchange& x, const crypto::Id& id) {
  x.decision = "seal";
  Session s = find_session(x, id);
  std::optional<Refused> differs;
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
        co_await reply_json(x, 200, progress_json(s.state));
        break;
      default:
        throw Refused{graph::Refusal::kUnknownRoute, "", "method on an upload URL"};
    }
  } catch (Refused& refused) {
    if (refused.refusal != graph::Refusal::kFragmentDiffers) throw;
    differs = std::move(refused);
  }
  if (!differs) co_return;
  // Other bytes under used nonces must never leave: the session ends here, and so does its key.
  co_await void_session(x, s);
  throw *std::move(differs);
}

// --- sessions of ordinary files ---

net::awaitable<void> plain_upload(Exchange& x, const std::string& upstream_url) {
  x.decision = "pass";
  const auto url = parse_upstream_url(upstream_url);
  if (!url || !is_content_host(x.config().upstream, url->host))
    throw Refused{graph::Refusal::kSessionNotFound, "", "upload URL of a host not allowed"};
  const TransferGuard transferring(x);
  const auto framing = x.client.framing();
  if (framing.kind == graph::Framing::Kind::kChunked)
    throw Refused{graph::Refusal::kLengthRequired, "", "fragment without Content-Length"};
  graph::Fields fields;
  if (const auto range = x.head.fields.find("Content-Range"))
    fields.add("Content-Range", std::string(*range));
  if (framing.length > 0 || x.route.method != graph::Method::kGet)
    fields.set("Content-Length", std::to_string(framing.length));
  Upstream::Lease lease =
      co_await x.worker.upstream.acquire(x.config(), x.now->upstream_tls, url->host);
  transferring.use_large(x.client, framing.length);
  transferring.use_large(*lease, framing.length);
  co_await Upstream::send_head(lease, x.config(), graph::name(x.route.method), url->target,
                               std::move(fields));
  co_await send_continue(x);
  TransferBuffer buffer(x, framing.length);
  while (const std::size_t got = co_await x.client.read_body(buffer.bytes())) {
    lease->stream().expires_after(x.config().upstream.idle_timeout);
    co_await lease->stream().write_more(buffer.bytes().first(got));
  }
  co_await lease->stream().flush();
  lease->stream().expires_after(x.config().upstream.answer_timeout);
  const graph::ResponseHead head = co_await lease->read_response(x.route.method);
  auto body = co_await lease->collect_body(x.config().limits.json_bytes);
  if (!body) throw Refused{graph::Refusal::kAnswerTooLarge, "", "answer over the JSON limit"};
  lease.release();
  if (head.status >= 400) throw Relayed{head, *std::move(body)};
  co_await reply(x, head.status, answer_fields(x, head), rewrite_json(x, *body));
}

}  // namespace

std::uint64_t session_end(std::string_view expiration, std::uint64_t now) {
  std::tm broken{};
  const std::string text(expiration.substr(0, 19));
  if (text.size() < 19 || !strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &broken))
    return now + kSessionLifeMs;
  const auto end = static_cast<std::uint64_t>(timegm(&broken)) * 1000;
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
