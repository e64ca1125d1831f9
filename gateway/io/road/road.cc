#include "gateway/io/road/road.h"

#include "gateway/io/items/stages.h"
#include "gateway/io/read/stages.h"
#include "gateway/io/registry/rewrite_json.h"
#include "gateway/io/road/batch.h"
#include "gateway/io/road/upgrade.h"
#include "gateway/io/sessions/stages.h"
#include "gateway/io/tenant/tenant.h"
#include "gateway/io/write/stages.h"
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
  x.caller = x.callers.read(x.head.fields.find("Authorization"));
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

}  // namespace kerros::io
