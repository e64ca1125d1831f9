// PUT item with the uploadUrl of a whole session in its body: the way out of a name clash at the
// last fragment. The client holds our URL; upstream must be given its own.
#include <algorithm>

#include "gateway/io/exchange/addressed.h"
#include "gateway/io/exchange/own_links.h"
#include "gateway/io/exchange/place.h"
#include "gateway/io/exchange/transfer_guard.h"
#include "gateway/io/registry/rewrite_json.h"
#include "gateway/io/registry/supersede.h"
#include "gateway/io/sessions/common.h"
#include "gateway/io/sessions/fragments.h"
#include "gateway/io/sessions/stages.h"

namespace kerros::io {

namespace {

constexpr std::size_t kMaxCommitJson = 1u << 20;

struct Commit {
  std::string body;
  graph::CommitRequest asked;
};

net::awaitable<UpstreamAnswer> ask(Exchange& x, const Commit& commit, std::string_view source) {
  auto body = graph::rewrite_commit_request(commit.body, source);
  if (!body) throw Refused{graph::Refusal::kMalformedRequest, "", body.error().detail};
  auto request = graph_request(x, graph::Method::kPut, raw_target(x));
  request.body = *std::move(body);
  auto response = co_await ask_upstream(x, std::move(request));
  UpstreamAnswer answer{response.head, co_await collect(x, response)};
  if (!answer.stored()) throw Relayed{std::move(answer.head), std::move(answer.body)};
  co_return answer;
}

net::awaitable<void> commit_held(Exchange& x, HeldSession& s, const Commit& commit) {
  if (s.state.finished())
    co_return co_await reply_json(x, s, s.state.final_status, s.state.final_answer);
  const TransferGuard transferring(x);
  const auto upload = co_await begin_commit(x, s);
  const UpstreamAnswer answer = co_await ask(x, commit, s.state.upstream_url);
  co_await finish_session(x, s, *upload, answer);
}

net::awaitable<void> commit_sealed(Exchange& x, const crypto::Id& id, const Commit& commit) {
  x.decision = "seal";
  HeldSession s = find_session(x, id);
  std::optional<Refused> refused;
  try {
    co_await commit_held(x, s, commit);
  } catch (Refused& caught) {
    refused = std::move(caught);
  }
  if (!refused) co_return;
  // Upstream stored something else; the outcome is on record already.
  if (refused->refusal == graph::Refusal::kStoredDiffers)
    co_await erase_session(x, s.record.session);
  throw *std::move(refused);
}

// A session that was begun for an ordinary place holds plaintext: it must not end in a protected
// one, however upstream reads address and body.
net::awaitable<void> commit_plain(Exchange& x, const transfer::PlainUploadGrant& session,
                                  const Commit& commit) {
  x.decision = "pass";
  const policy::Place address = addressed(x, co_await place_for_write(x));
  auto ends = policy::ends_of(
      address, commit.asked.name,
      policy::Kept{{session.drive_id, session.item_id, session.path}, session.name});
  const policy::Rules& rules = x.config().policy;
  if (std::ranges::any_of(ends, [&](const auto& end) { return may_be_protected(rules, end); }))
    throw Refused{graph::Refusal::kNotAllowed, "", "a session of an ordinary file, kept elsewhere"};
  const UpstreamAnswer answer = co_await ask(x, commit, session.upstream_url);
  note_proof(x);
  co_await supersede_sealed(x, answer.body, std::move(ends));
  co_await reply(x, answer.head.status, answer_fields(x, answer.head),
                 rewrite_json(x, answer.body));
}

}  // namespace

net::awaitable<void> commit_session(Exchange& x) {
  co_await send_continue(x);
  auto body = co_await x.client.collect_body(kMaxCommitJson);
  if (!body) throw Refused{graph::Refusal::kTooLarge, "", "commit request over 1 MiB"};
  const auto asked = graph::read_commit_request(*body);
  if (!asked)
    throw Refused{graph::Refusal::kNotAllowed, "Upload files with PUT content.",
                  asked.error().detail};
  require_name(asked->name);
  if (!x.caller.has_token) throw Refused{graph::Refusal::kUnauthenticated, "", "no bearer token"};
  const Commit commit{*std::move(body), *asked};
  const auto own = parse_own_upload(x, commit.asked.source_url);
  if (!own)
    throw Refused{graph::Refusal::kNotAllowed, "", "a source that is no upload URL of ours"};
  if (const auto id = x.worker.shared.urls->open_upload(own->host, own->token, now_ms()))
    co_return co_await commit_sealed(x, *id, commit);
  if (const auto session = x.worker.shared.urls->open_plain_upload(own->host, own->token, now_ms()))
    co_return co_await commit_plain(x, *session, commit);
  throw Refused{graph::Refusal::kSessionNotFound, "", "upload URL not issued here"};
}

}  // namespace kerros::io
