// POST copy: the cloud makes another item of the same bytes. What was sealed stays sealed and may
// go anywhere; its new item gets a record as soon as it turns up. What was not sealed must not come
// to lie in a protected place.
#include "gateway/io/exchange/place.h"
#include "gateway/io/items/monitor.h"
#include "gateway/io/items/stages.h"
#include "gateway/io/items/survey.h"
#include "gateway/io/registry/intents.h"
#include "gateway/io/registry/rewrite_json.h"
#include "gateway/policy/expected_item.h"

namespace kerros::io {

namespace {

using keystore::Intent;
using keystore::IntentKind;

struct Copy {
  std::vector<Intent> intents;
  std::string target;  // for the log
  bool is_file = false;
};

bool may_replace(const Exchange& x, const graph::ItemRequest& asked) {
  return graph::conflict_behavior(x.route.target) == "replace" ||
         asked.conflict_behavior == "replace";
}

// Where a file of the folder will lie when the folder gets the name that was asked for.
std::string folder_of(const Destination& to, const std::string& path) {
  const std::string_view below = policy::parent_of(path);
  return below == "/" ? to.path() : to.path() + std::string(below);
}

// A copied folder may get another name where its own is taken: for the files in it drive and name
// must do, unless they may replace others, which is right in one folder alone.
std::vector<Intent> intents_of(const Exchange& x, const Surveyed& surveyed, const Destination& to,
                               bool replaces) {
  std::vector<Intent> intents;
  for (const auto& file : surveyed.files) {
    if (!file.record) continue;
    Intent intent = intent_for(x, *file.record, IntentKind::kCopy, to.drive_id);
    intent.name = file.path.empty() ? to.name : std::string(policy::name_of(file.path));
    if (file.path.empty())
      intent.parent = to.folder;
    else if (replaces && !to.folder.empty())
      intent.parent = folder_of(to, file.path);
    intent.replaces = replaces;
    intents.push_back(std::move(intent));
  }
  return intents;
}

// Nothing is sealed here, and nothing is to be: there is nothing to look at.
bool is_indifferent(const Exchange& x) {
  return x.config().policy.rules.empty() && x.store().item_count() == 0;
}

net::awaitable<Copy> plan_copy(Exchange& x, const std::string& body) {
  const auto asked = body.empty() ? graph::ItemRequest{} : graph::read_item_request(body);
  if (!asked) throw Refused{graph::Refusal::kMalformedRequest, "", asked.error().detail};
  if (asked->carries_content)
    throw Refused{graph::Refusal::kNotAllowed, "", "a copy request that carries content"};
  Copy copy;
  if (is_indifferent(x)) co_return copy;
  const Identity item = co_await look_up(x);
  if (!item.exists) throw Refused{graph::Refusal::kNotFound, "", "no such item"};
  const Surveyed surveyed = co_await survey(x, item);
  const Destination to = co_await destination_of(x, *asked, item);
  require_sealed(x, surveyed, to, nullptr);
  copy.is_file = !item.is_folder;
  copy.target = "drive " + item.place.drive_id + " item " + item.place.item_id + " to drive " +
                to.drive_id + " path " + to.path();
  copy.intents = intents_of(x, surveyed, to, may_replace(x, *asked));
  co_return copy;
}

// Before upstream is asked: on record, and in the store.
net::awaitable<std::uint64_t> intend(Exchange& x, Copy& copy) {
  if (copy.intents.empty()) co_return 0;
  require_room(x, copy.intents);
  auto record = record_of(x, audit::Event::kItemCopied, copy.target, "intent");
  record.details.emplace_back("key", to_hex(copy.intents.front().key));
  record.details.emplace_back("files", std::to_string(copy.intents.size()));
  auto appended = append_audit(x, std::move(record));
  const std::uint64_t position = co_await await_audit(appended);
  for (Intent& intent : copy.intents) intent.audit_intent = position;
  co_await put_intents(x, copy.intents);
  co_return position;
}

void record_outcome(const Exchange& x, const Copy& copy, std::uint64_t intent,
                    const std::string& status) {
  if (intent == 0) return;
  auto record = record_of(x, audit::Event::kItemCopied, copy.target, status);
  record.intent = intent;
  x.installation().log->append(std::move(record), [](const Result<std::uint64_t>&) {});
}

}  // namespace

net::awaitable<void> copy_item(Exchange& x) {
  x.decision = "rewrite";
  std::string body = co_await read_request_json(x);
  Copy copy = co_await plan_copy(x, body);
  const std::uint64_t intent = co_await intend(x, copy);
  auto request = graph_request(x, x.route.method, raw_target(x));
  request.body = std::move(body);
  auto response = co_await ask_upstream(x, std::move(request));
  const unsigned status = response.head.status;
  const std::string answer = co_await collect(x, response);
  // After a 5xx the copy may be under way; the intent waits for it, and expires.
  if (status >= 400 && status < 500) co_await drop_intents(x, copy.intents);
  record_outcome(x, copy, intent,
                 status < 400 ? "done: upstream took it"
                              : "refused: upstream answered " + std::to_string(status));
  if (status < 400) note_proof(x);
  graph::Fields fields = answer_fields(x, response.head);
  if (const auto location = response.head.fields.find("Location")) {
    transfer::MonitorGrant grant;
    if (copy.is_file && !copy.intents.empty()) {
      grant.key = copy.intents.front().key;
      grant.intent = copy.intents.front().id;
    }
    set_location(fields, monitor_link(x, *location, grant));
  }
  co_await reply(x, status, std::move(fields), rewrite_json(x, answer));
}

}  // namespace kerros::io
