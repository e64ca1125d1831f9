// Items: intents, and what they make of a known file: a copy's record, a restored version.
#include <algorithm>

#include "crypto/random.h"
#include "keystore/items.h"
#include "keystore/record.h"
#include "keystore/version_index.h"

namespace kerros::keystore {
namespace {

// A file that can be read: its bytes were upstream, and nothing is wrong with them.
bool is_whole(ItemState state) { return is_current(state) || state == ItemState::kSuperseded; }

bool is_about(const Binding& binding, const Intent& intent) {
  return binding.drive_id == intent.drive_id && binding.item_id == intent.item_id;
}

Error spent() { return {ErrorCode::kNotFound, "the intent was spent before, or has expired"}; }

}  // namespace

// --- rows ---

Status Items::enter(WriteTxn& txn, std::string_view db, std::size_t at, ByteView key,
                    ByteView value) {
  if (auto ok = txn.insert(env_->db(at), key, value); !ok) return ok;
  working_.enter(keys_, db, key, value);
  return {};
}

// The stored form; kNotFound when it is gone.
Result<Bytes> Items::stored_intent(Txn& txn, const Intent& intent) const {
  auto stored = txn.get(env_->db(kIntents), intent_row(keys_, intent));
  if (!stored) return tl::unexpected(stored.error());
  if (!*stored) return tl::unexpected(spent());
  return Bytes((*stored)->begin(), (*stored)->end());
}

Status Items::erase_intent(WriteTxn& txn, ByteView row, ByteView stored) {
  if (!is_seen(stored)) --working_intents_;
  working_.leave(keys_, kIntentsDb, row, stored);
  return txn.erase(env_->db(kIntents), row);
}

Status Items::replace_intent(WriteTxn& txn, const Intent& intent, ByteView before) {
  const IndexKey row = intent_row(keys_, intent);
  const Bytes stored = encode_intent(keys_, row, intent);
  if (auto ok = txn.put(env_->db(kIntents), row, stored); !ok) return ok;
  working_.leave(keys_, kIntentsDb, row, before);
  working_.enter(keys_, kIntentsDb, row, stored);
  return {};
}

Status Items::forget_expired(WriteTxn& txn, UnixMillis now) {
  std::vector<std::pair<Bytes, Bytes>> expired;
  const auto collect = [&](ByteView row, ByteView stored) {
    if (expires_of_intent(stored) <= now)
      expired.emplace_back(Bytes(row.begin(), row.end()), Bytes(stored.begin(), stored.end()));
    return true;
  };
  if (auto ok = txn.walk(env_->db(kIntents), {}, collect); !ok) return ok;
  for (const auto& [row, stored] : expired)
    if (auto ok = erase_intent(txn, row, stored); !ok) return ok;
  return {};
}

// --- intents ---

void Items::put_intents(std::vector<Intent> intents, UnixMillis now, Done done) {
  const bool wrong = std::ranges::any_of(
      intents, [](const Intent& one) { return one.kind == IntentKind::kSeen || one.id == Id{}; });
  if (wrong) return done(fail(ErrorCode::kConflict, "not an intent"));
  committer_->submit([this, intents = std::move(intents),
                      now](WriteTxn& txn) { return apply_intents(txn, intents, now); },
                     std::move(done));
}

Status Items::apply_intents(WriteTxn& txn, const std::vector<Intent>& intents, UnixMillis now) {
  if (!has_room_)
    return fail(ErrorCode::kFull, "the map of " + env_->directory() + " is nearly full");
  std::vector<std::pair<IndexKey, Bytes>> rows;
  for (const Intent& intent : intents) {
    const IndexKey row = intent_row(keys_, intent);
    auto there = txn.get(env_->db(kIntents), row);
    if (!there) return tl::unexpected(there.error());
    const bool twice = std::ranges::any_of(rows, [&](const auto& one) { return one.first == row; });
    if (*there || twice) return fail(ErrorCode::kConflict, "the intent exists");
    rows.emplace_back(row, encode_intent(keys_, row, intent));
  }
  if (auto ok = forget_expired(txn, now); !ok) return ok;
  for (const auto& [row, stored] : rows)
    if (auto ok = enter(txn, kIntentsDb, kIntents, row, stored); !ok) return ok;
  working_intents_ += rows.size();
  return {};
}

void Items::pin_intent(const Intent& intent, std::string item_id, Done done) {
  committer_->submit(
      [this, intent, item_id = std::move(item_id)](WriteTxn& txn) -> Status {
        const auto stored = stored_intent(txn, intent);
        if (!stored) return tl::unexpected(stored.error());
        auto pinned = decode_intent(keys_, intent_row(keys_, intent), *stored);
        if (!pinned) return tl::unexpected(pinned.error());
        if (pinned->item_id == item_id) return {};
        // The first word stands: what was pinned once is not moved to another item.
        if (!pinned->item_id.empty())
          return fail(ErrorCode::kConflict, "the intent is for another item");
        pinned->item_id = item_id;
        return replace_intent(txn, *pinned, *stored);
      },
      std::move(done));
}

void Items::drop_intents(std::vector<Intent> intents, Done done) {
  committer_->submit(
      [this, intents = std::move(intents)](WriteTxn& txn) -> Status {
        for (const Intent& intent : intents) {
          const auto stored = stored_intent(txn, intent);
          if (!stored && stored.error().code == ErrorCode::kNotFound) continue;
          if (!stored) return tl::unexpected(stored.error());
          if (auto ok = erase_intent(txn, intent_row(keys_, intent), *stored); !ok) return ok;
        }
        return {};
      },
      std::move(done));
}

void Items::fulfil(const Intent& intent, Binding binding, UnixMillis now, Done done) {
  committer_->submit([this, intent, binding = std::move(binding),
                      now](WriteTxn& txn) { return apply_fulfil(txn, intent, binding, now); },
                     std::move(done));
}

Status Items::apply_fulfil(WriteTxn& txn, const Intent& intent, const Binding& binding,
                           UnixMillis now) {
  const IndexKey row = intent_row(keys_, intent);
  const auto stored = stored_intent(txn, intent);
  if (!stored) return tl::unexpected(stored.error());
  const auto known = decode_intent(keys_, row, *stored);
  if (!known) return tl::unexpected(known.error());
  if (known->expires <= now) return tl::unexpected(spent());
  if (binding.drive_id != known->drive_id || binding.item_id.empty() ||
      (!known->item_id.empty() && binding.item_id != known->item_id))
    return fail(ErrorCode::kConflict, "the intent is for another item");
  if (auto ok = check_not_overtaken(txn, *known, binding); !ok) return ok;
  if (auto ok = place_file(txn, *known, binding, now); !ok) return ok;
  return erase_intent(txn, row, *stored);
}

// What was written through us after the intent outweighs it: it would bring an older version back.
Status Items::check_not_overtaken(WriteTxn& txn, const Intent& intent, const Binding& binding) {
  const auto ids = version_ids(txn, binding.drive_id, binding.item_id);
  if (!ids) return tl::unexpected(ids.error());
  for (const Id& id : *ids) {
    const auto version = load(txn, id);
    if (!version) return tl::unexpected(version.error());
    const ItemRecord& other = version->record;
    if (is_current(other.state) && other.sealed.key != intent.key && other.bound > intent.created)
      return fail(ErrorCode::kConflict, "the item got a newer version since that was asked for");
  }
  return {};
}

// Everything that can be refused is looked at before the first row is written.
Status Items::place_file(WriteTxn& txn, const Intent& intent, Binding binding, UnixMillis now) {
  auto source = load(txn, intent.record);
  if (!source) return tl::unexpected(source.error());
  const ItemRecord& file = source->record;
  if (file.sealed.key != intent.key || !is_whole(file.state))
    return fail(ErrorCode::kConflict, "item record " + to_hex(file.id) + " is " + name(file.state) +
                                          ": its file is not to be read");
  auto ids = version_ids(txn, binding.drive_id, binding.item_id);
  if (!ids) return tl::unexpected(ids.error());
  std::optional<Loaded> own;  // the item may have held this very file before
  for (const Id& id : *ids) {
    auto version = load(txn, id);
    if (!version) return tl::unexpected(version.error());
    const ItemRecord& other = version->record;
    if (other.sealed.key == intent.key && is_whole(other.state)) own = std::move(*version);
  }
  const bool stays = own.has_value();
  if (intent.kind == IntentKind::kRestore && !stays)
    return fail(ErrorCode::kConflict, "the item never had this version");
  ItemRecord record = stays ? own->record : file;
  binding.plain_size = file.binding.plain_size;
  binding.sealed_size = file.binding.sealed_size;
  binding.plain_hash = file.binding.plain_hash;
  binding.sealed_hash = file.binding.sealed_hash;
  record.binding = binding;
  record.state = ItemState::kBound;
  record.bound = now;
  if (auto ok = rewrap(record.sealed); !ok) return ok;
  if (!stays) {
    record.id = crypto::time_ordered_id(now);
    record.created = now;
    record.created_by = intent.asked_by;
  }

  if (auto ok = supersede_versions(txn, binding.drive_id, binding.item_id, record.id, false); !ok)
    return ok;
  if (intent.kind == IntentKind::kMove && is_current(file.state) && !is_about(file.binding, intent))
    if (auto ok =
            supersede_versions(txn, file.binding.drive_id, file.binding.item_id, record.id, false);
        !ok)
      return ok;
  if (stays) return replace(txn, Loaded{std::move(record), own->stored});
  const Bytes stored = encode_item(keys_, record);
  if (auto ok = enter(txn, kRecordsDb, kRecords, record.id, stored); !ok) return ok;
  working_.set_count(working_.count() + 1);
  const auto item = index_key(index_hash(keys_, binding.drive_id, binding.item_id), record.id);
  if (auto ok = enter(txn, kIndexDb, kIndex, item, {}); !ok) return ok;
  return enter(txn, kIndexDb, kIndex, index_key(key_hash(keys_, record.sealed.key), record.id), {});
}

Status Items::supersede_versions(WriteTxn& txn, std::string_view drive_id, std::string_view item_id,
                                 const Id& except, bool suspects_too) {
  auto ids = version_ids(txn, drive_id, item_id);
  if (!ids) return tl::unexpected(ids.error());
  for (const Id& id : *ids) {
    auto version = load(txn, id);
    if (!version) return tl::unexpected(version.error());
    const ItemState state = version->record.state;
    const bool speaks = is_current(state) || (suspects_too && state == ItemState::kSuspect);
    if (!speaks || id == except) continue;
    version->record.state = ItemState::kSuperseded;
    if (auto ok = replace(txn, *version); !ok) return ok;
  }
  return {};
}

void Items::refresh(const Id& id, Binding binding, Done done) {
  committer_->submit(
      [this, id, binding = std::move(binding)](WriteTxn& txn) -> Status {
        auto loaded = load(txn, id);
        if (!loaded) return tl::unexpected(loaded.error());
        Binding& known = loaded->record.binding;
        if (known.drive_id != binding.drive_id || known.item_id != binding.item_id)
          return fail(ErrorCode::kConflict, "item record " + to_hex(id) + " is of another item");
        known.ctag = binding.ctag;
        known.etag = binding.etag;
        known.name = binding.name;
        known.path = binding.path;
        known.draft = binding.draft;
        return replace(txn, *loaded);
      },
      std::move(done));
}

// --- what was refused, and accepted ---

void Items::put_seen(Intent seen, Done done) {
  if (seen.kind != IntentKind::kSeen || seen.id != Id{})
    return done(fail(ErrorCode::kConflict, "only what was seen is remembered here"));
  committer_->submit(
      [this, seen = std::move(seen)](WriteTxn& txn) -> Status {
        const auto stored = stored_intent(txn, seen);
        if (stored) {
          const auto known = decode_intent(keys_, intent_row(keys_, seen), *stored);
          // Repeated reads of the same bytes cost no write.
          if (known && known->key == seen.key && known->record == seen.record) return {};
          return replace_intent(txn, seen, *stored);
        }
        if (stored.error().code != ErrorCode::kNotFound) return tl::unexpected(stored.error());
        if (!has_room_) return fail(ErrorCode::kFull, "the items map is nearly full");
        const IndexKey row = intent_row(keys_, seen);
        return enter(txn, kIntentsDb, kIntents, row, encode_intent(keys_, row, seen));
      },
      std::move(done));
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
  // Somebody read it again meanwhile and was served something else: a person looks once more.
  if (known->key != seen.key || known->record != seen.record)
    return fail(ErrorCode::kConflict, "something else was refused meanwhile");
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

// --- reads ---

Result<std::vector<Intent>> Items::intents_where(Txn& txn, ByteView from,
                                                 const std::function<bool(ByteView row)>& within,
                                                 UnixMillis now) const {
  std::vector<Intent> found;
  Status failed;
  const auto collect = [&](ByteView row, ByteView stored) {
    if (!within(row)) return false;
    if (is_seen(stored) || expires_of_intent(stored) <= now) return true;
    auto intent = decode_intent(keys_, row, stored);
    if (!intent) failed = tl::unexpected(intent.error());
    if (intent) found.push_back(std::move(*intent));
    return failed.has_value();
  };
  if (auto ok = txn.walk(env_->db(kIntents), from, collect); !ok) return tl::unexpected(ok.error());
  if (!failed) return tl::unexpected(failed.error());
  return found;
}

Result<std::vector<Intent>> Items::intents(const Id& key, UnixMillis now) const {
  if (intent_count() == 0) return std::vector<Intent>{};
  auto txn = ReadTxn::begin(*env_);
  if (!txn) return tl::unexpected(txn.error());
  const auto hash = key_hash(keys_, key);
  return intents_where(
      **txn, index_key(hash, Id{}),
      [&](ByteView row) {
        return row.size() == sizeof(IndexKey) && std::equal(hash.begin(), hash.end(), row.begin());
      },
      now);
}

Result<std::vector<Intent>> Items::all_intents(UnixMillis now) const {
  if (intent_count() == 0) return std::vector<Intent>{};
  auto txn = ReadTxn::begin(*env_);
  if (!txn) return tl::unexpected(txn.error());
  return intents_where(**txn, {}, [](ByteView) { return true; }, now);
}

Result<Intent> Items::find_seen(std::string_view drive_id, std::string_view item_id) const {
  auto txn = ReadTxn::begin(*env_);
  if (!txn) return tl::unexpected(txn.error());
  Intent asked;
  asked.kind = IntentKind::kSeen;
  asked.drive_id = drive_id;
  asked.item_id = item_id;
  const auto stored = stored_intent(**txn, asked);
  if (!stored && stored.error().code == ErrorCode::kNotFound)
    return fail(ErrorCode::kNotFound, "nothing was refused for this item");
  if (!stored) return tl::unexpected(stored.error());
  return decode_intent(keys_, intent_row(keys_, asked), *stored);
}

Result<std::vector<ItemRecord>> Items::bindings(const Id& key) const {
  auto txn = ReadTxn::begin(*env_);
  if (!txn) return tl::unexpected(txn.error());
  std::vector<ItemRecord> found;
  auto first = load(**txn, key);
  if (!first && first.error().code != ErrorCode::kNotFound) return tl::unexpected(first.error());
  // The id of a copy's record is no key, should it ever be asked for as one.
  if (first && first->record.sealed.key == key) found.push_back(std::move(first->record));
  auto copies = ids_under(**txn, key_hash(keys_, key));
  if (!copies) return tl::unexpected(copies.error());
  for (const Id& id : *copies) {
    auto copy = load(**txn, id);
    if (!copy) return tl::unexpected(copy.error());
    found.push_back(std::move(copy->record));
  }
  return found;
}

}  // namespace kerros::keystore
