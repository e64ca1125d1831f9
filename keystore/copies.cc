// Items: the file of a spent intent becomes a version of the item where it turned up.
#include "crypto/random.h"
#include "keystore/items.h"
#include "keystore/record.h"
#include "keystore/version_index.h"

namespace kerros::keystore {
namespace {

// A file that can be read: its bytes were upstream, and nothing is wrong with them.
bool is_whole(ItemState state) { return is_current(state) || state == ItemState::kSuperseded; }

}  // namespace

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
  if (known->expires <= now) return fail(ErrorCode::kNotFound, "the intent has expired");
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
  // Of a move the source keeps its record: gone, it is asked for no more; still there, because the
  // cloud did not move it, its bytes are sealed ones as before.
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
