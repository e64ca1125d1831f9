#include "gateway/io/exchange/exchange.h"

#include <algorithm>

#include "crypto/derive.h"
#include "gateway/graph/request_fields.h"
#include "gateway/graph/response_fields.h"
#include "gateway/io/exchange/own_links.h"
#include "gateway/sharepoint/refusal_form.h"

namespace kerros::io {

namespace {

std::string right_of(const Exchange& x) {
  const auto operation = x.route.operation;
  if (operation == graph::Operation::kOwnUpload || operation == graph::Operation::kOwnDownload)
    return "own-url";
  if (!x.caller.has_token) return "none";
  return x.proven ? "graph-token (proven)" : "graph-token (claimed)";
}

}  // namespace

net::awaitable<void> reply(Exchange& x, unsigned status, graph::Fields fields,
                           std::string_view body, std::string reason) {
  x.status = status;
  const bool bodiless = status == 204 || status == 304;
  if (!bodiless) fields.set("Content-Length", std::to_string(body.size()));
  if (!x.client.body_finished()) fields.set("Connection", "close");
  if (fields.find("Connection") == "close") x.client.close_after();
  const graph::ResponseHead head{status, std::move(fields), std::move(reason)};
  if (x.head.method == graph::Method::kHead || bodiless) body = {};
  co_await x.client.write_head(head, body);
  co_await x.client.flush();
}

net::awaitable<void> reply_refused(Exchange& x, const Refused& refused) {
  if (x.status != 0) {  // a head has left: the only honest end is an abort
    x.client.abort();
    throw boost::system::system_error(net::error::connection_aborted, "refused after the head");
  }
  auto answer = graph::error_answer(refused.refusal, x.request_id, refused.extra);
  graph::Fields fields;
  std::string reason;
  fields.add("Content-Type", "application/json");
  if (x.tenant && !x.tenant->drive) {  // programs that do not know Graph read other forms
    auto formed =
        sharepoint::form_refusal(sharepoint::refusal_form(*x.tenant, x.head.fields), answer.status,
                                 graph::sentence(refused.refusal, refused.extra), x.request_id);
    fields.set("Content-Type", std::move(formed.content_type));
    answer.body = std::move(formed.body);
    reason = std::move(formed.reason);
  }
  fields.add("request-id", x.request_id);
  const unsigned retry_after =
      refused.retry_after_s > 0 ? refused.retry_after_s : answer.retry_after_s;
  if (retry_after > 0) fields.add("Retry-After", std::to_string(retry_after));
  // A message that two readers could cut differently is the last one of its connection.
  if (answer.close || refused.refusal == graph::Refusal::kAmbiguousTarget)
    fields.set("Connection", "close");
  co_await reply(x, answer.status, std::move(fields), answer.body, std::move(reason));
}

net::awaitable<void> send_continue(Exchange& x) {
  const auto expect = x.head.fields.find("Expect");
  if (!expect || x.client.body_read() > 0) co_return;
  co_await x.client.write_continue();
}

net::awaitable<std::string> read_request_json(Exchange& x) {
  constexpr std::size_t kMaxRequestJson = 4u << 20;
  co_await send_continue(x);
  auto body = co_await x.client.collect_body(kMaxRequestJson);
  if (!body) throw Refused{graph::Refusal::kTooLarge, "", "JSON request over 4 MiB"};
  co_return *std::move(body);
}

Upstream::Request graph_request(const Exchange& x, graph::Method method, std::string target) {
  Upstream::Request request;
  request.host = x.front.upstream_host;
  request.method = method;
  request.target = std::move(target);
  request.fields = graph::upstream_fields(x.head.fields, false);
  return request;
}

std::string raw_target(const Exchange& x) {
  const graph::Target& target = x.route.target;
  return target.raw_query.empty() ? target.raw_path : target.raw_path + "?" + target.raw_query;
}

net::awaitable<Upstream::Response> ask_upstream(Exchange& x, Upstream::Request request) {
  return x.worker.upstream.request(x.config(), x.now->upstream_tls, std::move(request));
}

net::awaitable<std::string> collect(Exchange& x, Upstream::Response& response) {
  auto body = co_await response.lease->collect_body(x.config().limits.json_bytes);
  if (!body) throw Refused{graph::Refusal::kAnswerTooLarge, "", "answer over the JSON limit"};
  response.lease.release();
  co_return *std::move(body);
}

graph::Fields answer_fields(const Exchange& x, const graph::ResponseHead& head) {
  graph::Fields fields = graph::client_fields(head.fields, true);
  if (const auto location = head.fields.find("Location"))
    if (const std::string own = own_link(x, *location); own != *location)
      fields.set("Location", own);
  return fields;
}

void note_proof(Exchange& x) { x.proven = x.route.proves_caller && x.caller.has_token; }

audit::Record record_of(const Exchange& x, audit::Event event, std::string_view target,
                        std::string_view status) {
  audit::Record record;
  record.time_ms = now_ms();
  record.event = event;
  record.actor = x.caller.actor.empty() ? "anonymous" : audit::as_field(x.caller.actor);
  record.right = right_of(x);
  record.source = x.client.peer();
  record.target = audit::as_field(target);
  record.status = audit::as_field(status);
  record.details.emplace_back("request", x.request_id);
  if (x.outer != nullptr) record.details.emplace_back("batch", x.outer->request_id);
  return record;
}

Future<Result<std::uint64_t>> append_audit(const Exchange& x, audit::Record record) {
  return {x.worker.executor,
          [&](auto done) { x.installation().log->append(std::move(record), std::move(done)); }};
}

net::awaitable<std::uint64_t> await_audit(Future<Result<std::uint64_t>>& appended) {
  const auto position = co_await appended.get();
  if (!position) throw Refused{graph::Refusal::kLogUnavailable, "", position.error().detail};
  co_return *position;
}

crypto::Id name_id(const Exchange& x, std::string_view place) {
  const auto hash = crypto::mac(std::as_const(x.worker.shared.hash_key).reveal(),
                                as_bytes("name of a session " + std::string(place)));
  crypto::Id id{};
  std::copy_n(hash.begin(), id.size(), id.begin());
  return id;
}

void throw_store_error(const Error& error) {
  switch (error.code) {
    case ErrorCode::kFull:
      throw Refused{graph::Refusal::kStoreFull, "", error.detail};
    case ErrorCode::kNotAuthentic:
      throw Refused{graph::Refusal::kNotAuthentic, "", error.detail};
    default:
      throw Refused{graph::Refusal::kStoreUnavailable, "", error.detail};
  }
}

}  // namespace kerros::io
