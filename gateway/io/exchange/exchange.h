// One request and its answer as a value, and what every stage of its road may ask of it.
//
// Thread safety: one coroutine on the worker's executor. Lifetime: lives for one request; the
// snapshot in it keeps everything it decided by alive.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/graph/classify.h"
#include "gateway/graph/rewrite_item.h"
#include "gateway/graph/session_json.h"
#include "gateway/io/exchange/front.h"
#include "gateway/io/future.h"
#include "gateway/io/refused.h"
#include "gateway/io/wire/client_side.h"
#include "gateway/io/worker/worker.h"
#include "gateway/policy/caller.h"
#include "gateway/policy/decide.h"
#include "gateway/sharepoint/classify_tenant.h"

namespace kerros::io {

// Something new about a record, seen in an answer: see sightings.h.
struct Sighting {
  enum class Kind : std::uint8_t { kVerified, kDiffers, kFollowed, kDraft };
  Kind kind = Kind::kVerified;
  keystore::ItemRecord record;
  keystore::Intent intent;    // with kFollowed
  keystore::Binding binding;  // likewise, and with kDraft
};

struct Exchange {
  Exchange(Worker& w, ClientSide& c, const Front& f, policy::CallerMemory& m,
           std::shared_ptr<const Snapshot> s)
      : worker(w), client(c), front(f), callers(m), now(std::move(s)) {}

  Worker& worker;
  ClientSide& client;
  const Front& front;
  policy::CallerMemory& callers;  // of the connection
  std::shared_ptr<const Snapshot> now;
  graph::RequestHead head;
  graph::Route route;
  std::optional<sharepoint::TenantRoute>
      tenant;  // of a host beside Graph, where `route` says little
  policy::Caller caller;
  const Exchange* outer = nullptr;     // the batch that this request came in
  bool proven = false;                 // upstream accepted this caller in this exchange
  std::string request_id;              // a UUID of ours, echoed in errors and logs
  unsigned status = 0;                 // answered; 0 while nothing was sent
  std::string_view decision = "none";  // for the log line
  std::uint64_t started_ms = 0;
  std::string refusal_detail;
  std::vector<Sighting> sightings;             // not yet in the registry
  std::map<crypto::Id, std::string> followed;  // intents that they spend, and for which item

  const Config& config() const { return now->config; }
  Installation& installation() const { return worker.shared.installation; }
  keystore::KeyStore& store() const { return *worker.shared.installation.store; }
};

// --- answering ---
// Sends a whole small answer. Content-Length is set here. `reason`: as in ResponseHead.
net::awaitable<void> reply(Exchange& x, unsigned status, graph::Fields fields,
                           std::string_view body, std::string reason = {});
net::awaitable<void> reply_refused(Exchange& x, const Refused& refused);
// Upstream said yes to this very request: that proves the caller where the route table says so.
void note_proof(Exchange& x);
// Interim 100 when the client waits for it.
net::awaitable<void> send_continue(Exchange& x);

// --- talking upstream ---
// The request's target as it goes upstream: octets as received.
std::string raw_target(const Exchange& x);
// A request of the client's own, towards the host it is for, with its allow-listed fields.
Upstream::Request graph_request(const Exchange& x, graph::Method method, std::string target);
net::awaitable<Upstream::Response> ask_upstream(Exchange& x, Upstream::Request request);
// A small JSON body of the client's, told to go on sending when it waits for that.
net::awaitable<std::string> read_request_json(Exchange& x);
// The body of an answer that must be small; Refused(kAnswerTooLarge) when it is not.
net::awaitable<std::string> collect(Exchange& x, Upstream::Response& response);
// Fields of an upstream answer as the client may see them: allow-listed, URLs of ours.
graph::Fields answer_fields(const Exchange& x, const graph::ResponseHead& head);

// --- audit ---
// Outside strings become safe fields here.
audit::Record record_of(const Exchange& x, audit::Event event, std::string_view target,
                        std::string_view status);
Future<Result<std::uint64_t>> append_audit(const Exchange& x, audit::Record record);
// Awaits it; Refused(kLogUnavailable) when it could not be made durable.
net::awaitable<std::uint64_t> await_audit(Future<Result<std::uint64_t>>& appended);

// A name of ours for a place, the same after a restart, that tells nobody what the place is.
crypto::Id name_id(const Exchange& x, std::string_view place);

// Store errors as refusals: full, unavailable, not authentic.
[[noreturn]] void throw_store_error(const Error& error);

}  // namespace kerros::io
