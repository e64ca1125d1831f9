#include "keystore/intent_table.h"

#include "keystore/key_store.h"

namespace kerros::keystore {

IntentTable::Place IntentTable::place_of(const Entry& entry) {
  return {entry.stored, entry.intent.drive_id, entry.intent.item_id, entry.intent.id};
}

// --- readers ---

std::vector<Intent> IntentTable::matching(const crypto::QuickXorDigest& stored,
                                          std::string_view drive_id, std::string_view item_id,
                                          UnixMillis now) const {
  std::vector<Intent> found;
  const std::lock_guard lock(mutex_);
  if (!item_id.empty()) collect(stored, drive_id, item_id, now, found);
  collect(stored, drive_id, {}, now, found);
  return found;
}

void IntentTable::collect(const crypto::QuickXorDigest& stored, std::string_view drive_id,
                          std::string_view item_id, UnixMillis now,
                          std::vector<Intent>& found) const {
  const Place first{stored, std::string(drive_id), std::string(item_id), Id{}};
  for (auto it = places_.lower_bound(first); it != places_.end(); ++it) {
    const auto& [hash, drive, item, id] = *it;
    if (hash != stored || drive != drive_id || item != item_id) return;
    const Intent& intent = entries_.at(id).intent;
    if (intent.expires > now) found.push_back(intent);
  }
}

Status IntentTable::fit(std::span<const Intent> more, UnixMillis now) const {
  std::size_t all = more.size();
  std::map<std::string_view, std::size_t> of_one;
  std::map<Id, std::size_t> for_a_file;
  for (const Intent& intent : more) {
    ++of_one[intent.asked_by];
    if (intent.item_id.empty()) ++for_a_file[intent.key];
  }
  const auto count = [&](const Intent& intent) {
    if (intent.expires <= now) return;
    ++all;
    if (const auto one = of_one.find(intent.asked_by); one != of_one.end()) ++one->second;
    if (!intent.item_id.empty()) return;
    if (const auto file = for_a_file.find(intent.key); file != for_a_file.end()) ++file->second;
  };
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, entry] : entries_) count(entry.intent);
    for (const Change& change : group_)
      if (change.kind == Kind::kEnter) count(change.entry.intent);
  }
  const auto over = [](const auto& counts, std::size_t most) {
    for (const auto& [what, number] : counts)
      if (number > most) return true;
    return false;
  };
  if (all > kMostIntents) return fail(ErrorCode::kFull, "too many intents are unspent");
  if (over(of_one, kMostIntentsOfOne))
    return fail(ErrorCode::kFull, "too many intents of one person are unspent");
  if (over(for_a_file, kMostIntentsForAFile))
    return fail(ErrorCode::kFull, "too many intents for one file are unspent");
  return {};
}

std::vector<Intent> IntentTable::expired(UnixMillis now, std::size_t most) const {
  std::vector<Intent> found;
  const std::lock_guard lock(mutex_);
  for (const auto& [id, entry] : entries_) {
    if (found.size() == most) break;
    if (entry.intent.expires <= now) found.push_back(entry.intent);
  }
  return found;
}

// --- the committer ---

void IntentTable::begin() {
  const std::lock_guard lock(mutex_);
  group_.clear();
}

void IntentTable::change(Change change) {
  const std::lock_guard lock(mutex_);
  group_.push_back(std::move(change));
}

void IntentTable::enter(Intent intent, const crypto::QuickXorDigest& stored) {
  change({Kind::kEnter, {std::move(intent), stored}});
}

void IntentTable::pin(const Id& id, std::string item_id) {
  Entry told;
  told.intent.id = id;
  told.intent.item_id = std::move(item_id);
  change({Kind::kPin, std::move(told)});
}

void IntentTable::leave(const Id& id) {
  Entry told;
  told.intent.id = id;
  change({Kind::kLeave, std::move(told)});
}

void IntentTable::publish() {
  const std::lock_guard lock(mutex_);
  for (Change& change : group_) {
    if (change.kind == Kind::kEnter) {
      insert(std::move(change.entry));
      continue;
    }
    Entry entry = remove(change.entry.intent.id);
    if (change.kind != Kind::kPin || entry.intent.id == Id{}) continue;
    entry.intent.item_id = std::move(change.entry.intent.item_id);
    insert(std::move(entry));
  }
  group_.clear();
  size_.store(entries_.size(), std::memory_order_relaxed);
}

void IntentTable::insert(Entry entry) {
  const Id id = entry.intent.id;
  places_.insert(place_of(entry));
  entries_.insert_or_assign(id, std::move(entry));
}

IntentTable::Entry IntentTable::remove(const Id& id) {
  auto node = entries_.extract(id);
  if (!node) return {};
  places_.erase(place_of(node.mapped()));
  return std::move(node.mapped());
}

}  // namespace kerros::keystore
