#include "gateway/io/exchange.h"

#include <algorithm>

#include "crypto/derive.h"
#include "gateway/graph/request_fields.h"
#include "gateway/graph/response_fields.h"
#include "gateway/io/own_links.h"
#include "gateway/io/tenant.h"
#include "gateway/io/upgrade.h"
#include "gateway/sharepoint/refusal_form.h"
#include "gateway/sharepoint/tenant_target.h"

namespace kerros::io {

namespace {

constexpr auto kDrainPatience = std::chrono::seconds(3);
constexpr std::uint64_t kDrainLimit = 256 * 1024;  // of a refused body; more ends the connection

bool is_own_url(graph::Operation operation) {
  return operation == graph::Operation::kOwnUpload || operation == graph::Operation::kOwnDownload ||
         operation == graph::Operation::kOwnMonitor;
}

// Inside a batch content goes one way only, and no batch holds another one.
bool may_be_inside(graph::Operation operation) {
  using graph::Operation;
  return operation != Operation::kBatch && operation != Operation::kReadVersion &&
         !is_own_url(operation);
}

net::awaitable<void> dispatch(Exchange& x) {
  using graph::Operation;
  if (x.outer != nullptr && !may_be_inside(x.route.operation))
    throw Refused{graph::Refusal::kNotAllowed, "Send this request by itself, outside a batch.",
                  "not inside a batch"};
  if (asks_upgrade(x)) return pass_upgrade(x);
  if (x.tenant) return serve_tenant(x);
  switch (x.route.operation) {
    case Operation::kReadContent:
      return x.outer == nullptr ? read_content(x) : redirect_content(x);
    case Operation::kBatch:
      return run_batch(x);
    case Operation::kWriteContent:
      return write_content(x);
    case Operation::kCreateSession:
      return create_session(x);
    case Operation::kCommitSession:
      return commit_session(x);
    case Operation::kOwnUpload:
      return own_upload(x);
    case Operation::kOwnDownload:
      return read_own_download(x);
    case Operation::kMetadata:
    case Operation::kReadItem:
    case Operation::kListChildren:
    case Operation::kListItems:
    case Operation::kListRows:
    case Operation::kListFields:
    case Operation::kCreateChild:
    case Operation::kUpdateItem:
    case Operation::kDeleteItem:
    case Operation::kQuery:
      return pass_json(x);
    case Operation::kListVersions:
      return list_versions(x);
    case Operation::kReadVersion:
      return read_version(x);
    case Operation::kRestore:
      return restore_item(x);
    case Operation::kCopy:
      return copy_item(x);
    case Operation::kOwnMonitor:
      return read_own_monitor(x);
    case Operation::kContentSide:
      return pass_content_side(x);
    case Operation::kUnknown:
      break;
  }
  throw Refused{graph::Refusal::kUnknownRoute, "", "no row of the route table matches"};
}

// A whole URL behind the version: clients that put two addresses together when they cancel a
// session. It names nothing.
bool is_doubled_address(std::string_view target) {
  return target.starts_with("/v1.0https:") || target.starts_with("/v1.0/https:");
}

// An absolute target outweighs the Host field (RFC 9112 3.2.2), so it must not name another host.
// On an intercepted host the field itself must name it too: the client took this for that host.
bool is_own_authority(const Exchange& x) {
  const std::string_view named = x.route.target.authority;
  if (x.front.was_misnamed) return false;
  if (!named.empty() && !names(x.front, named)) return false;
  if (!x.front.is_intercepted() || x.outer != nullptr) return true;
  return x.head.fields.count("Host") == 1 && names(x.front, *x.head.fields.find("Host"));
}

void identify_graph(Exchange& x) {
  auto classified = graph::classify(x.head);
  // The Graph door leads to Graph alone: it knows no tenant's host to forward to.
  if (!x.front.is_intercepted() && !classified && sharepoint::is_tenant_path(x.head.target))
    throw Refused{graph::Refusal::kUnknownRoute,
                  "This is an address of a SharePoint host; here a drive is found under /v1.0.",
                  "a path of the tenant's hosts"};
  if (!classified) throw Refused{graph::Refusal::kAmbiguousTarget, "", classified.error().detail};
  x.route = *std::move(classified);
}

void identify(Exchange& x) {
  if (is_doubled_address(x.head.target))
    throw Refused{graph::Refusal::kNotFound, "", "two addresses in one"};
  if (x.front.kind == sharepoint::HostKind::kGraph)
    identify_graph(x);
  else
    identify_tenant(x);
  if (!is_own_authority(x)) throw Refused{graph::Refusal::kMisdirected, "", "another host named"};
  x.caller = policy::read_caller(x.head.fields.find("Authorization"),
                                 std::as_const(x.worker.shared.hash_key).reveal());
}

bool is_worth_an_event(graph::Refusal refusal) {
  switch (refusal) {
    case graph::Refusal::kNotAllowed:
    case graph::Refusal::kUnknownRoute:
    case graph::Refusal::kContentSide:
    case graph::Refusal::kAmbiguousTarget:
    case graph::Refusal::kBatchMalformed:
    case graph::Refusal::kNotAuthentic:
    case graph::Refusal::kDowngraded:
    case graph::Refusal::kForeignCopy:
    case graph::Refusal::kRollback:
    case graph::Refusal::kStoredDiffers:
    case graph::Refusal::kFragmentDiffers:
      return true;
    default:
      return false;
  }
}

audit::Event event_for(graph::Refusal refusal) {
  switch (refusal) {
    case graph::Refusal::kNotAuthentic:
    case graph::Refusal::kDowngraded:
    case graph::Refusal::kForeignCopy:
    case graph::Refusal::kRollback:
      return audit::Event::kNotAuthentic;
    case graph::Refusal::kStoredDiffers:
      return audit::Event::kStoredDiffers;
    case graph::Refusal::kFragmentDiffers:
      return audit::Event::kSessionVoided;
    default:
      return audit::Event::kRefused;
  }
}

std::string target_of(const Exchange& x) {
  const graph::ItemAddress& item = x.route.target.item;
  if (x.tenant) return "host " + x.front.public_host + " path " + x.route.target.raw_path;
  if (!x.route.target.has_item)
    return "route " + std::string(x.route.pattern.empty() ? "unknown" : x.route.pattern);
  return "drive " + (item.drive_id.empty() ? item.drive_url : item.drive_id) + " item " +
         item.item_id + item.path;
}

// A refusal is recorded before it is told; a log that cannot be written does not turn a refusal
// into anything else.
net::awaitable<void> record_refusal(Exchange& x, const Refused& refused) {
  // Who names two hosts to a connection that is opened on the way may be after one of them.
  const bool is_twisted =
      x.front.is_intercepted() && refused.refusal == graph::Refusal::kMisdirected;
  if (is_twisted) ++x.worker.shared.counters.proxy_refused;
  if (!is_twisted && !is_worth_an_event(refused.refusal)) co_return;
  auto record = record_of(x, event_for(refused.refusal), target_of(x),
                          "refused: " + std::string(graph::name(refused.refusal)));
  if (!refused.detail.empty()) record.details.emplace_back("why", audit::as_field(refused.detail));
  auto appended = append_audit(x, std::move(record));
  co_await appended.get();
}

// Messages that two readers could cut differently.
bool has_no_known_end(graph::Refusal refusal) {
  return refusal == graph::Refusal::kAmbiguousTarget ||
         refusal == graph::Refusal::kMalformedRequest || refusal == graph::Refusal::kHeadTooLarge;
}

// Errors from the edges of the cloud can be HTML or nothing; only JSON is worth keeping.
std::string relayed_body(Exchange& x, const Relayed& relayed) {
  try {
    return rewrite_json(x, relayed.body);
  } catch (const Refused&) {
    return {};
  }
}

}  // namespace

net::awaitable<bool> serve(Exchange& x) {
  std::optional<Refused> refused;
  std::optional<Relayed> relayed;
  try {
    identify(x);
    co_await dispatch(x);
  } catch (Refused& caught) {
    refused = std::move(caught);
  } catch (Relayed& caught) {
    relayed = std::move(caught);
  } catch (const BadMessage& error) {
    refused = Refused{error.kind == BadMessage::Kind::kTooLarge ? graph::Refusal::kHeadTooLarge
                                                                : graph::Refusal::kMalformedRequest,
                      "", error.what()};
  }
  if (refused) {
    x.refusal_detail = std::string(graph::name(refused->refusal)) +
                       (refused->detail.empty() ? "" : ": " + refused->detail);
    co_await record_refusal(x, *refused);
    co_await reply_refused(x, *refused);
  } else if (relayed) {
    co_await reply(x, relayed->head.status, answer_fields(x, relayed->head),
                   relayed_body(x, *relayed));
  }
  // An unread body would be taken for the next request. Before the connection ends a little of it
  // is read all the same, or the answer could be lost to a client that is still sending; not when
  // nobody knows where the message ends.
  if (refused && has_no_known_end(refused->refusal)) co_return false;
  x.client.set_patience(kDrainPatience);
  co_return co_await x.client.drain_body(kDrainLimit) && x.client.keep_alive();
}

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

namespace {

std::string right_of(const Exchange& x) {
  const auto operation = x.route.operation;
  if (operation == graph::Operation::kOwnUpload || operation == graph::Operation::kOwnDownload)
    return "own-url";
  if (!x.caller.has_token) return "none";
  return x.proven ? "graph-token (proven)" : "graph-token (claimed)";
}

}  // namespace

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
