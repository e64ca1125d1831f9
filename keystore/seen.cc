// Items: what upstream served for an item and was refused, one row for each item, and a person's
// word that it is right.
#include "keystore/items.h"
#include "keystore/record.h"
#include "keystore/version_index.h"

namespace kerros::keystore {

void Items::put_seen(Intent seen, Done done) {
  if (seen.kind != IntentKind::kSeen || seen.id != Id{})
    return done(fail(ErrorCode::kConflict, "only what was seen is remembered here"));
  committer_->submit(
      [this, seen = std::move(seen)](WriteTxn& txn) { return apply_seen(txn, seen); },
      std::move(done));
}

Status Items::apply_seen(WriteTxn& txn, const Intent& seen) {
  const IndexKey row = intent_row(keys_, seen);
  const auto stored = stored_intent(txn, seen);
  if (stored) {
    const auto known = decode_intent(keys_, row, *stored);
    if (known && known->key == seen.key && known->record == seen.record) {
      const auto stale = is_stale(txn, *known, seen.created);
      if (!stale) return tl::unexpected(stale.error());
      if (!*stale) return {};  // repeated reads of the same bytes cost no write
    }
    return replace_intent(txn, seen, *stored);
  }
  if (stored.error().code != ErrorCode::kNotFound) return tl::unexpected(stored.error());
  if (!has_room_) return fail(ErrorCode::kFull, "the items map is nearly full");
  if (working_seen_ >= kMostSeen)
    if (auto ok = forget_seen(txn, seen.created); !ok) return ok;
  if (working_seen_ >= kMostSeen) return fail(ErrorCode::kFull, "too many refusals are remembered");
  ++working_seen_;
  return enter(txn, kIntentsDb, kIntents, row, encode_intent(keys_, row, seen));
}

Status Items::forget_seen(WriteTxn& txn, UnixMillis now) {
  std::vector<std::pair<Bytes, Bytes>> expired;
  const auto collect = [&](ByteView row, ByteView stored) {
    if (is_seen(stored) && expires_of_intent(stored) <= now)
      expired.emplace_back(Bytes(row.begin(), row.end()), Bytes(stored.begin(), stored.end()));
    return expired.size() < kMostIntentsAtOnce;
  };
  if (auto ok = txn.walk(env_->db(kIntents), {}, collect); !ok) return ok;
  for (const auto& [row, stored] : expired)
    if (auto ok = erase_intent(txn, row, stored); !ok) return ok;
  return {};
}

// What was refused before the item got its present version says nothing of that one.
Result<bool> Items::is_stale(Txn& txn, const Intent& seen, UnixMillis now) const {
  if (seen.expires <= now) return true;
  const auto ids = version_ids(txn, seen.drive_id, seen.item_id);
  if (!ids) return tl::unexpected(ids.error());
  for (const Id& id : *ids) {
    const auto version = load(txn, id);
    if (!version) return tl::unexpected(version.error());
    if (says_sealed(version->record.state) && version->record.bound > seen.created) return true;
  }
  return false;
}

Result<Intent> Items::find_seen(std::string_view drive_id, std::string_view item_id,
                                UnixMillis now) const {
  const auto nothing = [] {
    return fail(ErrorCode::kNotFound, "nothing was refused for this item");
  };
  auto txn = ReadTxn::begin(*env_);
  if (!txn) return tl::unexpected(txn.error());
  Intent asked;
  asked.kind = IntentKind::kSeen;
  asked.drive_id = drive_id;
  asked.item_id = item_id;
  const auto stored = stored_intent(**txn, asked);
  if (!stored && stored.error().code == ErrorCode::kNotFound) return nothing();
  if (!stored) return tl::unexpected(stored.error());
  auto seen = decode_intent(keys_, intent_row(keys_, asked), *stored);
  if (!seen) return seen;
  const auto stale = is_stale(**txn, *seen, now);
  if (!stale) return tl::unexpected(stale.error());
  if (*stale) return nothing();
  return seen;
}

void Items::accept_seen(const Intent& seen, UnixMillis now, Done done) {
  committer_->submit([this, seen, now](WriteTxn& txn) { return apply_accept(txn, seen, now); },
                     std::move(done));
}

Status Items::apply_accept(WriteTxn& txn, const Intent& seen, UnixMillis now) {
  const IndexKey row = intent_row(keys_, seen);
  const auto stored = stored_intent(txn, seen);
  if (!stored) return tl::unexpected(stored.error());
  const auto known = decode_intent(keys_, row, *stored);
  if (!known) return tl::unexpected(known.error());
  const auto stale = is_stale(txn, *known, now);
  if (!stale) return tl::unexpected(stale.error());
  // Somebody read it again meanwhile and was served something else, or wrote it: a person looks
  // once more.
  if (*stale || known->key != seen.key || known->record != seen.record)
    return fail(ErrorCode::kConflict, "something else was refused or stored meanwhile");
  if (seen.key == Id{}) {
    if (auto ok = supersede_versions(txn, seen.drive_id, seen.item_id, Id{}, true); !ok) return ok;
  } else {
    Binding binding;
    binding.drive_id = seen.drive_id;
    binding.item_id = seen.item_id;
    binding.name = known->name;
    binding.path = known->parent;
    if (auto ok = place_file(txn, *known, std::move(binding), now); !ok) return ok;
  }
  return erase_intent(txn, row, *stored);
}

}  // namespace kerros::keystore
