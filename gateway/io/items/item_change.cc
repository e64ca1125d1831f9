#include "gateway/io/items/item_change.h"

#include <algorithm>

#include "gateway/graph/session_json.h"
#include "gateway/io/exchange/addressed.h"
#include "gateway/io/items/survey.h"
#include "gateway/io/registry/intents.h"
#include "gateway/io/registry/sightings.h"
#include "gateway/policy/expected_item.h"

namespace kerros::io {

namespace {

using keystore::Intent;
using keystore::IntentKind;
using keystore::ItemRecord;

bool changes_folder(const graph::ItemRequest& asked) {
  return !asked.parent_id.empty() || !asked.parent_path.empty() || !asked.parent_drive_id.empty();
}

bool relocates(const graph::ItemRequest& asked) {
  return !asked.name.empty() || changes_folder(asked);
}

// A folder's own place stands for what is in it, so that a large one need not be read for a rename
// that changes nothing.
bool comes_under_protection(const Exchange& x, const policy::Place& from, const Destination& to) {
  const policy::Rules& rules = x.config().policy;
  if (rules.rules.empty() || to.folder.empty()) return !rules.rules.empty();
  const auto is_protected = [&](const std::string& drive, const std::string& path) {
    return may_be_protected(rules, {drive, "", path}) ||
           may_be_protected(rules, {drive, "", path + "/-"});
  };
  // Where it is now may not be told: then it cannot count as protected already.
  const bool told = policy::can_decide(rules, {from.drive_id, "", from.path});
  return is_protected(to.drive_id, to.path()) && !(told && is_protected(from.drive_id, from.path));
}

// Intents for what is moved to another drive.
net::awaitable<std::vector<Intent>> plan_move(Exchange& x, const graph::ItemRequest& asked,
                                              const Identity& item) {
  std::vector<Intent> moves;
  const Destination to = co_await destination_of(x, asked, item);
  const bool leaves_drive = to.drive_id != item.place.drive_id;
  if (!leaves_drive && !comes_under_protection(x, item.place, to)) co_return moves;
  const Surveyed surveyed = co_await survey(x, item);
  require_sealed(x, surveyed, to, &item.place);
  if (!leaves_drive) co_return moves;
  for (const auto& file : surveyed.files) {
    if (!file.record) continue;
    Intent intent = intent_for(x, *file.record, IntentKind::kMove, to.drive_id);
    intent.name = file.path.empty() ? to.name : std::string(policy::name_of(file.path));
    if (file.path.empty()) intent.parent = to.folder;
    moves.push_back(std::move(intent));
  }
  co_return moves;
}

// Only what was asked for changes the place on record: an ordinary write to that place will find
// this record, so an answer that tells another one leaves it without.
void take_new_place(const graph::ItemRequest& asked, const graph::FoundItem& item,
                    keystore::Binding& binding) {
  if (!relocates(asked)) return;
  const std::string expected = asked.name.empty() ? binding.name : asked.name;
  if (changes_folder(asked)) binding.path = item.parent_path;
  if (item.name != expected) binding.path.clear();
  binding.name = item.name;
}

// A path counts as the URL spells it: what upstream said of it decides where else it lies.
policy::Place named_by(const Exchange& x, policy::Place place) {
  const graph::ItemAddress& item = x.route.target.item;
  place = addressed(x, std::move(place));
  if (item.by_path()) place.path = item.item_id == "root" ? item.path : "";
  return place;
}

// The answer names the item as it is now.
net::awaitable<void> follow(Exchange& x, const ItemChange& change, const std::string& answer) {
  const auto found = graph::find_items(answer);
  if (!found || found->empty()) co_return;
  graph::FoundItem item = found->front();
  for (const Intent& move : change.moves)
    if (is_expected(x, move, item)) co_await fulfil(x, move, binding_of(item));
  const keystore::KeyStore::ItemRef ref{item.drive_id, item.item_id};
  const auto newest = x.store().newest_bound(std::span(&ref, 1));
  if (!newest) throw_store_error(newest.error());
  if (!newest->front()) co_return;
  const ItemRecord& record = *newest->front();
  if (!is_addressed(std::span(&change.named, 1), record.binding)) co_return;
  keystore::Binding binding = record.binding;
  take_new_place(change.asked, item, binding);
  if (speaks_for(record, item)) {
    binding.ctag = item.ctag;
    binding.etag = item.etag;
  }
  Future<Status> refreshed(x.worker.executor, [&](auto done) {
    x.store().refresh(record.id, std::move(binding), std::move(done));
  });
  co_await refreshed.get();  // names in a record are a help, not a promise
}

}  // namespace

net::awaitable<std::optional<ItemChange>> intend_change(Exchange& x, const std::string& body) {
  const bool deletes = x.route.operation == graph::Operation::kDeleteItem;
  if (!deletes && x.route.operation != graph::Operation::kUpdateItem) co_return std::nullopt;
  policy::Place place{x.route.target.item.drive_id, x.route.target.item.item_id, ""};
  const auto asked = deletes ? graph::ItemRequest{} : graph::read_item_request(body);
  const bool moves = !deletes && asked && relocates(*asked);
  ItemChange change;
  if (asked) change.asked = *asked;
  if (place.drive_id.empty() || x.route.target.item.by_path() || moves) {
    const Identity identity = co_await look_up(x);
    if (!identity.exists) co_return std::nullopt;  // upstream's own 404 follows
    place = identity.place;
    if (moves) change.moves = co_await plan_move(x, *asked, identity);
  }
  change.named = named_by(x, place);
  const auto versions = x.store().versions(place.drive_id, place.item_id);
  if (!versions) throw_store_error(versions.error());
  if (versions->empty() && change.moves.empty()) co_return std::nullopt;
  require_room(x, change.moves);
  if (deletes) change.event = audit::Event::kItemDeleted;
  change.target = "drive " + place.drive_id + " item " + place.item_id;
  change.key = to_hex(versions->empty() ? change.moves.front().key : versions->front().sealed.key);
  auto record = record_of(x, change.event, change.target, "intent");
  record.details.emplace_back("key", change.key);
  auto appended = append_audit(x, std::move(record));
  change.intent = co_await await_audit(appended);
  for (Intent& move : change.moves) move.audit_intent = change.intent;
  co_await put_intents(x, change.moves);
  co_return change;
}

net::awaitable<void> settle_change(Exchange& x, ItemChange change, unsigned status,
                                   const std::string& answer) {
  auto record =
      record_of(x, change.event, change.target,
                status < 400 ? "done" : "refused: upstream answered " + std::to_string(status));
  record.intent = change.intent;
  record.details.emplace_back("key", change.key);
  x.installation().log->append(std::move(record), [](const Result<std::uint64_t>&) {});
  if (status >= 400 && status < 500) co_await drop_intents(x, std::move(change.moves));
  if (status < 300 && !answer.empty()) co_await follow(x, change, answer);
}

net::awaitable<void> note_checkout_ended(Exchange& x) {
  const Identity identity = co_await look_up(x);
  if (!identity.exists) co_return;
  const auto versions = x.store().versions(identity.place.drive_id, identity.place.item_id);
  if (!versions) throw_store_error(versions.error());
  const auto newest = std::ranges::find_if(
      *versions, [](const ItemRecord& version) { return is_current(version.state); });
  if (newest == versions->end() || !newest->binding.draft) co_return;
  if (x.route.pattern == "{item}/discardCheckout") {
    const auto before = std::ranges::find_if(*versions, [&](const ItemRecord& version) {
      return version.state == keystore::ItemState::kSuperseded && is_stored(version, identity.item);
    });
    if (before == versions->end())
      co_return;  // its first read is put on record, as that of a draft
    Intent intent = intent_for(x, *before, IntentKind::kRestore, identity.place.drive_id);
    intent.item_id = identity.place.item_id;
    co_await put_intents(x, {intent});
    co_await fulfil(x, intent, binding_of(identity.item));
    co_return;
  }
  keystore::Binding binding = newest->binding;
  binding.draft = false;
  Future<Status> refreshed(x.worker.executor, [&](auto done) {
    x.store().refresh(newest->id, std::move(binding), std::move(done));
  });
  if (const Status status = co_await refreshed.get(); !status) throw_store_error(status.error());
}

}  // namespace kerros::io
