// POST restore: a deleted item comes back under its id, so its records still speak for it; into
// another folder it must not bring ordinary files under protection. What brings an older version
// back is in restore_version.cc.
#include "gateway/io/items/restore.h"

#include "gateway/graph/session_json.h"
#include "gateway/io/exchange/place.h"
#include "gateway/io/items/stages.h"
#include "gateway/io/items/survey.h"
#include "gateway/io/registry/rewrite_json.h"
#include "gateway/io/registry/wanted.h"

namespace kerros::io {

namespace {

bool restores_version(const Exchange& x) {
  return x.route.target.relation.starts_with("versions/");
}

// A deleted item cannot be looked up: what is known of it is its id, and the drive that the address
// leads to.
net::awaitable<keystore::KeyStore::ItemRef> named_item(Exchange& x, std::string& drive_id) {
  const graph::ItemAddress& item = x.route.target.item;
  if (!policy::spells_id(item) || (item.drive_id.empty() && item.drive_url.empty()))
    throw Refused{graph::Refusal::kNotAllowed,
                  "A deleted item is restored by its drive and its id.",
                  "restoring an item that has no id in the address"};
  drive_id = item.drive_id;
  if (drive_id.empty()) {
    const Identity root = co_await look_up_at(x, item.drive_url + "/root");
    drive_id = root.place.drive_id;
  }
  if (drive_id.empty())
    throw Refused{graph::Refusal::kNotAllowed,
                  "A deleted item is restored by its drive and its id.",
                  "the drive of a restored item is not told"};
  co_return keystore::KeyStore::ItemRef{drive_id, item.item_id};
}

graph::ItemRequest read_body(const std::string& body) {
  if (graph::is_empty_request(body)) return {};
  const auto asked = graph::read_item_request(body);
  if (!asked) throw Refused{graph::Refusal::kMalformedRequest, "", asked.error().detail};
  if (asked->carries_content)
    throw Refused{graph::Refusal::kNotAllowed, "", "a restore request that carries content"};
  return *asked;
}

// Nobody knows what an item holds that was never sealed here, or is no more.
net::awaitable<void> require_sealed_elsewhere(Exchange& x, const graph::ItemRequest& asked,
                                              const std::string& drive_id) {
  if (x.config().policy.rules.empty()) co_return;
  if (asked.parent_id.empty() && asked.parent_path.empty()) co_return;
  Identity gone;
  gone.place.drive_id = drive_id;
  const Destination to = co_await destination_of(x, asked, gone);
  Surveyed unknown;
  unknown.files.emplace_back();
  require_sealed(x, unknown, to, nullptr);
}

net::awaitable<void> restore_deleted(Exchange& x, std::string body) {
  const graph::ItemRequest asked = read_body(body);
  std::string drive_id;
  const auto item = co_await named_item(x, drive_id);
  if (!is_sealed(x, item.drive_id, item.item_id))
    co_await require_sealed_elsewhere(x, asked, drive_id);
  const auto versions = x.store().versions(item.drive_id, item.item_id);
  if (!versions) throw_store_error(versions.error());
  const std::string target = "drive " + drive_id + " item " + std::string(item.item_id);
  const bool is_known = !versions->empty();
  const std::uint64_t intent = is_known
                                   ? co_await intend_restore(x, audit::Event::kItemRestored, target,
                                                             to_hex(versions->front().sealed.key))
                                   : 0;
  const RestoreAnswer answer = co_await pass_restore(x, std::move(body));
  if (is_known) record_restore(x, audit::Event::kItemRestored, target, intent, answer.head.status);
  co_await reply(x, answer.head.status, answer_fields(x, answer.head),
                 rewrite_json(x, answer.body));
}

}  // namespace

net::awaitable<RestoreAnswer> pass_restore(Exchange& x, std::string body) {
  auto request = graph_request(x, x.route.method, raw_target(x));
  request.body = std::move(body);
  auto response = co_await ask_upstream(x, std::move(request));
  std::string answer = co_await collect(x, response);
  if (response.head.status < 400) note_proof(x);
  co_return RestoreAnswer{response.head, std::move(answer)};
}

net::awaitable<std::uint64_t> intend_restore(Exchange& x, audit::Event event,
                                             const std::string& target, const std::string& key) {
  auto record = record_of(x, event, target, "intent");
  record.details.emplace_back("key", key);
  auto appended = append_audit(x, std::move(record));
  co_return co_await await_audit(appended);
}

void record_restore(const Exchange& x, audit::Event event, const std::string& target,
                    std::uint64_t intent, unsigned status) {
  auto record =
      record_of(x, event, target,
                status < 400 ? "done" : "refused: upstream answered " + std::to_string(status));
  record.intent = intent;
  x.installation().log->append(std::move(record), [](const Result<std::uint64_t>&) {});
}

net::awaitable<void> restore_item(Exchange& x) {
  x.decision = "rewrite";
  std::string body = co_await read_request_json(x);
  if (!restores_version(x)) co_return co_await restore_deleted(x, std::move(body));
  // Graph has no body for this; what might be in one nobody has read.
  if (!graph::is_empty_request(body))
    throw Refused{graph::Refusal::kMalformedRequest, "", "restoreVersion with a body"};
  co_await restore_version(x);
}

}  // namespace kerros::io
