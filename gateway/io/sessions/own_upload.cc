// The gateway's own upload URL: which request of a session this is, and its commit and its end.
#include "gateway/graph/request_fields.h"
#include "gateway/io/exchange/transfer_guard.h"
#include "gateway/io/sessions/common.h"
#include "gateway/io/sessions/fragments.h"
#include "gateway/io/sessions/stages.h"

namespace kerros::io {

namespace {

using transfer::FragmentKind;

graph::ContentRange read_fragment_range(const Exchange& x) {
  if (x.head.fields.count("Content-Range") > 1)  // upstream could read the other one
    throw Refused{graph::Refusal::kFragmentMalformed, "", "more than one Content-Range"};
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

net::awaitable<void> take_fragment(Exchange& x, HeldSession& s) {
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
      if (awaits_commit(s.state))
        throw Refused{graph::Refusal::kNameTaken, "", "the session is whole"};
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

net::awaitable<void> commit_deferred(Exchange& x, HeldSession& s) {
  if (s.state.finished())
    co_return co_await answer_without_reading(x, s, s.state.final_status, s.state.final_answer);
  const TransferGuard transferring(x);
  const auto upload = co_await begin_commit(x, s);
  Upstream::Request request;
  request.host = s.url.host;
  request.method = graph::Method::kPost;
  request.target = s.url.target;
  auto response = co_await ask_upstream(x, std::move(request));
  const UpstreamAnswer answer{response.head, co_await collect(x, response)};
  if (!answer.stored()) throw Relayed{answer.head, answer.body};
  co_await finish_session(x, s, *upload, answer);
}

net::awaitable<void> cancel_session(Exchange& x, HeldSession& s) {
  if (s.state.finished())
    throw Refused{graph::Refusal::kSessionNotFound, "", "the session is finished"};
  co_await end_session(x, s, "refused: cancelled by the client");
  co_await reply(x, 204, {}, "");
}

net::awaitable<void> sealed_upload(Exchange& x, const crypto::Id& id) {
  x.decision = "seal";
  HeldSession s = find_session(x, id);
  x.caller.actor = s.state.actor;  // such requests bring no token of their own
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

net::awaitable<std::unique_ptr<Upload>> begin_commit(Exchange& x, const HeldSession& s) {
  if (s.state.plain_total == 0 || s.state.plain_offset != s.state.plain_total)
    throw Refused{graph::Refusal::kFragmentOutOfOrder, "", "commit before the last fragment"};
  auto upload =
      Upload::resume(x, s.record.sealed, s.state.item_class, s.state.target, s.state.intent);
  upload->of_session(s.state.actor);
  upload->leave_open();
  upload->start_pending();
  co_await upload->durable();
  co_return upload;
}

net::awaitable<void> own_upload(Exchange& x) {
  const auto sealed =
      x.worker.shared.urls->open_upload(x.front.public_host, x.route.own_token, now_ms());
  if (sealed) co_return co_await sealed_upload(x, *sealed);
  const auto plain =
      x.worker.shared.urls->open_plain_upload(x.front.public_host, x.route.own_token, now_ms());
  if (plain) co_return co_await plain_upload(x, *plain);
  throw Refused{graph::Refusal::kSessionNotFound, "", "upload URL not issued here"};
}

}  // namespace kerros::io
