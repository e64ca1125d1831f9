#include "gateway/io/registry/registry.h"

#include "gateway/io/registry/intents.h"

namespace kerros::io {

namespace {

using keystore::Intent;
using keystore::IntentKind;
using keystore::ItemRecord;
using keystore::ItemState;

constexpr std::uint64_t kSeenLifeMs = 30ull * 24 * 60 * 60 * 1000;

bool is_item(const ItemRecord& record, const Wanted& wanted) {
  return record.binding.drive_id == wanted.drive_id && record.binding.item_id == wanted.item_id;
}

std::vector<ItemRecord> bindings(Exchange& x, const keystore::Id& key) {
  auto records = x.store().bindings(key);
  if (!records) throw_store_error(records.error());
  if (records->empty())
    throw Refused{graph::Refusal::kNotAuthentic, "", "the key id is not known here"};
  return *std::move(records);
}

// The best of the item's records with this key; nullptr when it has none.
const ItemRecord* own_of(const std::vector<ItemRecord>& records, const Wanted& wanted) {
  const ItemRecord* own = nullptr;
  for (const ItemRecord& record : records)
    if (is_item(record, wanted) && (own == nullptr || is_current(record.state))) own = &record;
  return own;
}

std::string command_for(const Wanted& wanted, const std::string& key) {
  return "; `kerros item accept '" + wanted.drive_id + "' '" + wanted.item_id + "' --key " + key +
         "` accepts it";
}

// What was refused, so that a person can accept exactly this. Should it not be possible to remember
// it, the refusal stands all the same.
net::awaitable<void> remember(Exchange& x, const Wanted& wanted, const ItemRecord* file) {
  Intent seen;
  seen.kind = IntentKind::kSeen;
  if (file != nullptr) {
    seen.key = file->sealed.key;
    seen.record = file->id;
  }
  seen.drive_id = wanted.drive_id;
  seen.item_id = wanted.item_id;
  seen.asked_by = x.caller.actor;
  seen.created = now_ms();
  seen.expires = seen.created + kSeenLifeMs;
  Future<Status> stored(x.worker.executor,
                        [&](auto done) { x.store().put_seen(std::move(seen), std::move(done)); });
  co_await stored.get();
}

std::vector<ItemRecord> versions_of(Exchange& x, const Wanted& wanted) {
  auto versions = x.store().versions(wanted.drive_id, wanted.item_id);
  if (!versions) throw_store_error(versions.error());
  return *std::move(versions);
}

// An older version is the published one while every newer one is a draft: the one before them.
bool is_published(Exchange& x, const Wanted& wanted, const ItemRecord& own) {
  bool drafted = false;
  for (const ItemRecord& version : versions_of(x, wanted)) {
    if (is_current(version.state)) {
      if (!version.binding.draft) return false;
      drafted = true;
    } else if (version.state == ItemState::kSuperseded && !version.binding.draft) {
      return drafted && version.id == own.id;
    }
  }
  return false;
}

net::awaitable<void> record_older(Exchange& x, const Wanted& wanted, const ItemRecord& own) {
  auto event = record_of(x, audit::Event::kOlderPublished, wanted.audit_target(), "passed");
  event.details.emplace_back("key", to_hex(own.sealed.key));
  auto appended = append_audit(x, std::move(event));
  co_await await_audit(appended);
}

// What upstream tells of the item. Behind a download URL of ours it cannot be asked: the intent
// must name the item then.
net::awaitable<graph::FoundItem> told_of(Exchange& x, const Wanted& wanted) {
  graph::FoundItem item;
  if (!wanted.url) {
    const Identity identity = co_await look_up(x);
    if (!identity.exists) throw Refused{graph::Refusal::kNotFound, "", "no such item"};
    item = identity.item;
  }
  item.drive_id = wanted.drive_id;
  item.item_id = wanted.item_id;
  co_return item;
}

net::awaitable<std::optional<ItemRecord>> by_intent(Exchange& x, const Wanted& wanted,
                                                    const ItemRecord& file) {
  const auto intents =
      x.store().intents_for(file.binding.sealed_hash, wanted.drive_id, wanted.item_id, now_ms());
  if (intents.empty()) co_return std::nullopt;
  const graph::FoundItem item = co_await told_of(x, wanted);
  for (const Intent& intent : intents) {
    if (intent.key != file.sealed.key || !is_expected(x, intent, item)) continue;
    if (!co_await fulfil(x, intent, binding_of(item))) continue;
    const auto newest = newest_record(x, wanted);
    if (newest && newest->sealed.key == intent.key) co_return newest;
  }
  co_return std::nullopt;
}

}  // namespace

net::awaitable<ItemRecord> record_for(Exchange& x, const Wanted& wanted, const keystore::Id& key) {
  const auto records = bindings(x, key);
  if (records.front().state == ItemState::kPending) co_return records.front();
  const ItemRecord* own = own_of(records, wanted);
  if (own != nullptr && is_current(own->state)) co_return *own;
  if (own != nullptr && own->state == ItemState::kSuspect)
    throw Refused{graph::Refusal::kStoredDiffers, "", "the version is suspect"};
  if (const auto followed = co_await by_intent(x, wanted, records.front())) co_return *followed;
  if (own != nullptr && own->state == ItemState::kSuperseded && is_published(x, wanted, *own)) {
    co_await record_older(x, wanted, *own);
    co_return *own;
  }
  co_await remember(x, wanted, own != nullptr ? own : &records.front());
  if (own != nullptr)
    throw Refused{
        graph::Refusal::kRollback, "",
        "an older version is served as the current one" + command_for(wanted, to_hex(key))};
  throw Refused{graph::Refusal::kForeignCopy, "",
                "the key belongs to another item" + command_for(wanted, to_hex(key))};
}

ItemRecord version_for(Exchange& x, const Wanted& wanted, const keystore::Id& key) {
  const auto records = bindings(x, key);
  if (records.front().state == ItemState::kPending) return records.front();
  const ItemRecord* own = own_of(records, wanted);
  if (own == nullptr)
    throw Refused{graph::Refusal::kForeignCopy, "", "the version's key belongs to another item"};
  if (own->state == ItemState::kSuspect)
    throw Refused{graph::Refusal::kStoredDiffers, "", "the version is suspect"};
  if (!is_current(own->state) && own->state != ItemState::kSuperseded)
    throw Refused{graph::Refusal::kNotAuthentic, "",
                  std::string("the version is ") + name(own->state)};
  return *own;
}

net::awaitable<void> refuse_plain(Exchange& x, const Wanted& wanted) {
  co_await remember(x, wanted, nullptr);
  throw Refused{graph::Refusal::kDowngraded, "",
                "bytes that are not sealed, of a sealed item" + command_for(wanted, "plain")};
}

std::string unit_name(const Exchange& x, const keystore::Id& unit) {
  for (const auto& key : x.store().unit_keys())
    if (key.unit == unit) return audit::as_field(key.unit_name);
  return to_hex(unit);
}

}  // namespace kerros::io
