// Items: who wrote, and what it was called, leave with the age of the audit log's records.
#include <algorithm>

#include "keystore/items.h"
#include "keystore/record.h"
#include "keystore/version_index.h"

namespace kerros::keystore {
namespace {

// Rows of one read transaction and of one write, as for a rewrap.
constexpr std::size_t kRowsPerLook = 16'384;
constexpr std::size_t kRecordsPerWrite = 512;

// Ids begin with the time they were made at.
UnixMillis time_of(const Id& id) {
  UnixMillis time = 0;
  for (std::size_t i = 0; i < 6; ++i) time = time << 8 | id[i];
  return time;
}

// True when something was there to forget. The name of an item's present version is no memory of
// the past: the cloud tells it with every listing, and placing needs it.
bool forget(ItemRecord& record) {
  const bool present = says_sealed(record.state);
  const bool names = !present && (!record.binding.name.empty() || !record.binding.path.empty());
  if (record.created_by.empty() && !names) return false;
  record.created_by.clear();
  if (!present) record.binding.name.clear();
  if (!present) record.binding.path.clear();
  return true;
}

}  // namespace

Result<PeopleForgotten> Items::forget_some(UnixMillis before, const Id& after) {
  std::vector<Change> changes;
  auto seen = find_forgettable(before, after, changes);
  if (!seen || changes.empty()) return seen;
  const auto done = committer_->submit_and_wait(
      [&](WriteTxn& txn) { return apply_changes(txn, changes, seen->records); });
  if (!done) return tl::unexpected(done.error());
  return seen;
}

Result<PeopleForgotten> Items::find_forgettable(UnixMillis before, const Id& after,
                                                std::vector<Change>& changes) const {
  PeopleForgotten seen{after, true, 0};
  Status read;
  auto txn = ReadTxn::begin(*env_);
  if (!txn) return tl::unexpected(txn.error());
  std::size_t rows = 0;
  const auto visit = [&](ByteView key, ByteView stored) {
    const Id id = id_of(key);
    if (id == after) return true;
    if (time_of(id) >= before) return false;
    if (++rows > kRowsPerLook || changes.size() == kRecordsPerWrite) {
      seen.complete = false;
      return false;
    }
    seen.last = id;
    auto record = decode_item(keys_, id, stored);
    if (!record) {
      read = tl::unexpected(record.error());
      return false;
    }
    if (std::max(record->created, record->bound) < before && forget(*record))
      changes.push_back({id, Bytes(stored.begin(), stored.end()), encode_item(keys_, *record)});
    return true;
  };
  if (auto ok = (*txn)->walk(env_->db(kRecords), after, visit); !ok)
    return tl::unexpected(ok.error());
  if (!read) return tl::unexpected(read.error());
  return seen;
}

// A record that changed meanwhile is left to the next time.
Status Items::apply_changes(WriteTxn& txn, const std::vector<Change>& changes,
                            std::uint64_t& changed) {
  if (!has_room_)
    return fail(ErrorCode::kFull, "the map of " + env_->directory() + " is nearly full");
  changed = 0;  // the committer may try a group twice
  for (const Change& change : changes) {
    const auto stored = txn.get(env_->db(kRecords), change.id);
    if (!stored) return tl::unexpected(stored.error());
    if (!*stored || !std::ranges::equal(**stored, change.before)) continue;
    if (auto ok = txn.put(env_->db(kRecords), change.id, change.after); !ok) return ok;
    working_.leave(keys_, kRecordsDb, change.id, change.before);
    working_.enter(keys_, kRecordsDb, change.id, change.after);
    ++changed;
  }
  return {};
}

}  // namespace kerros::keystore
