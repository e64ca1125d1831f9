// POST createUploadSession: the answer's uploadUrl is the most important rewrite of all, since it
// would send the client's plaintext straight to SharePoint.
#include "crypto/offsets.h"
#include "crypto/random.h"
#include "gateway/io/exchange/addressed.h"
#include "gateway/io/exchange/own_links.h"
#include "gateway/io/exchange/place.h"
#include "gateway/io/sessions/common.h"
#include "gateway/io/sessions/stages.h"
#include "gateway/io/sessions/unanswered.h"
#include "gateway/io/write/sealed_sink.h"
#include "gateway/io/write/sealing.h"

namespace kerros::io {

namespace {

constexpr std::size_t kMaxSessionJson = 1u << 20;

struct Opened {
  graph::ResponseHead head;
  std::string json;
  graph::SessionAnswer answer;
};

net::awaitable<Opened> open_upstream(Exchange& x, std::string body) {
  auto request = graph_request(x, graph::Method::kPost, raw_target(x));
  request.body = std::move(body);
  auto response = co_await ask_upstream(x, std::move(request));
  Opened opened{response.head, co_await collect(x, response), {}};
  if (opened.head.status != 200) throw Relayed{opened.head, opened.json};
  auto answer = graph::read_session_answer(opened.json);
  const auto url = answer ? parse_upstream_url(answer->upload_url) : std::nullopt;
  if (!url || !is_content_host(x.config().upstream, url->host))
    throw Refused{graph::Refusal::kUpstreamMalformed, "", "uploadUrl of a host not allowed"};
  opened.answer = *std::move(answer);
  note_proof(x);
  co_return opened;
}

net::awaitable<void> reply_session(Exchange& x, const Opened& opened, std::string_view own_url,
                                   std::string_view next_range) {
  auto json = graph::rewrite_session_answer(opened.json, own_url, next_range);
  if (!json) throw Refused{graph::Refusal::kUpstreamMalformed, "", json.error().detail};
  co_await reply(x, opened.head.status, answer_fields(x, opened.head), *json);
}

net::awaitable<void> create_plain(Exchange& x, policy::Place place, std::string name,
                                  std::string body) {
  const Opened opened = co_await open_upstream(x, std::move(body));
  place = addressed(x, std::move(place));
  const std::string& upstream_url = opened.answer.upload_url;
  const transfer::PlainUploadGrant grant{upstream_url, place.drive_id, place.item_id, place.path,
                                         std::move(name)};
  const auto url =
      x.worker.shared.urls->plain_upload_url(own_host(x, upstream_url), grant, now_ms());
  if (!url) throw_store_error(url.error());
  const auto& ranges = opened.answer.next_expected_ranges;
  co_await reply_session(x, opened, *url, ranges.empty() ? "0-" : ranges.front());
}

// The note of an attempt is cleared by whatever leaves no doubt about it.
net::awaitable<Opened> open_noted(Exchange& x, UnansweredNote& note, std::string body) {
  std::optional<Relayed> told;
  try {
    Opened opened = co_await open_upstream(x, std::move(body));
    note.answered();
    co_return opened;
  } catch (Relayed& relayed) {
    told = std::move(relayed);
  } catch (...) {
    note.gave_up();
    throw;
  }
  const unsigned status = told->head.status;
  const auto blocked = status == 409 ? note.blocked() : std::nullopt;
  if (blocked) throw *blocked;
  if (status == 408 || status >= 500)
    note.gave_up();
  else
    note.answered();
  throw *std::move(told);
}

net::awaitable<void> create_sealed(Exchange& x, const policy::Rule& rule, std::string target,
                                   const graph::SessionRequest& asked, std::string body) {
  if (asked.describes_content)
    throw Refused{graph::Refusal::kNotAllowed, "", "a session request that describes the content"};
  if (asked.file_size) {
    const auto sealed = crypto::sealed_size(*asked.file_size);
    auto rewritten = sealed ? graph::rewrite_session_request(body, *sealed)
                            : Result<std::string>(fail(ErrorCode::kFull, "fileSize"));
    if (!rewritten) throw Refused{graph::Refusal::kTooLarge, "", rewritten.error().detail};
    body = *std::move(rewritten);
  }
  auto upload = Upload::begin(x, rule, target);
  upload->start_intent();
  co_await upload->intended();
  transfer::SessionState state;
  state.item_class = rule.name;
  state.actor = x.caller.actor;
  state.target = std::move(target);
  state.intent = upload->intent();
  UnansweredNote note(x, state.target);
  co_await note.store(upload->sealed(), state);
  const Opened opened = co_await open_noted(x, note, std::move(body));
  state.upstream_url = opened.answer.upload_url;
  state.expiration = opened.answer.expiration;
  state.defer_commit = asked.defer_commit;
  keystore::SessionRecord record;
  record.session = crypto::time_ordered_id(now_ms());
  record.sealed = upload->sealed();
  record.expires = session_end(state.expiration, now_ms());
  record.state = transfer::encode(state);
  const auto session = record.session;
  Future<Status> stored(x.worker.executor, [&](auto done) {
    x.store().put_session(std::move(record), std::move(done));
  });
  if (const Status status = co_await stored.get(); !status) {
    co_await cancel_upstream(x, *parse_upstream_url(state.upstream_url));
    throw_store_error(status.error());
  }
  x.worker.shared.sessions.agree(session, 0);
  upload->leave_open();
  const auto url =
      x.worker.shared.urls->upload_url(own_host(x, state.upstream_url), session, now_ms());
  if (!url) throw_store_error(url.error());
  const std::string next =
      asked.file_size.value_or(0) > 0 ? "0-" + std::to_string(*asked.file_size - 1) : "0-";
  co_await reply_session(x, opened, *url, next);
}

graph::SessionRequest read_request(std::string_view body) {
  auto asked = graph::read_session_request(body);
  if (!asked) throw Refused{graph::Refusal::kMalformedRequest, "", asked.error().detail};
  if (asked->names_source)
    throw Refused{graph::Refusal::kNotAllowed, "", "a session request with a sourceUrl"};
  require_name(asked->name);
  return *std::move(asked);
}

}  // namespace

net::awaitable<void> create_session(Exchange& x) {
  co_await send_continue(x);
  auto body = co_await x.client.collect_body(kMaxSessionJson);
  if (!body) throw Refused{graph::Refusal::kTooLarge, "", "session request over 1 MiB"};
  const graph::SessionRequest asked = read_request(*body);
  const policy::Place address = co_await place_for_write(x);
  // The body may name the file otherwise than the URL, and upstream may take that name.
  const policy::Place place = policy::deciding_end(x.config().policy, address, asked.name);
  const policy::Verdict verdict = policy::decide(x.config().policy, x.route, place);
  x.decision = policy::name(verdict.decision);
  switch (verdict.decision) {
    case policy::Decision::kSeal:
      co_return co_await create_sealed(x, *verdict.rule, audit_target(x, place), asked,
                                       *std::move(body));
    case policy::Decision::kPass:
    case policy::Decision::kRewrite:
      co_return co_await create_plain(x, address, asked.name, *std::move(body));
    case policy::Decision::kOpen:
    case policy::Decision::kRefuse:
      break;
  }
  throw Refused{graph::Refusal::kNotAllowed, "", verdict.reason};
}

}  // namespace kerros::io
