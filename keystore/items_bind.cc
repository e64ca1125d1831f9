// Binding: a pending key becomes a version of an item, and the versions before it step back.
#include "keystore/items.h"
#include "keystore/record.h"
#include "keystore/rewrap.h"
#include "keystore/version_index.h"

namespace kerros::keystore {
namespace {

bool may_result_from_bind(ItemState state) {
  return is_current(state) || state == ItemState::kSuspect || state == ItemState::kSuperseded;
}

}  // namespace

void Items::bind(BindRequest request, Done done) {
  if (!may_result_from_bind(request.state))
    return done(fail(ErrorCode::kConflict, "bind makes no such state"));
  committer_->submit(
      [this, request = std::move(request)](WriteTxn& txn) { return apply_bind(txn, request); },
      std::move(done));
}

Status Items::apply_bind(WriteTxn& txn, const BindRequest& request) {
  // Everything is read and prepared first: a precondition that fails must leave nothing behind.
  auto pending = load(txn, request.key);
  if (!pending) return tl::unexpected(pending.error());
  ItemRecord& record = pending->record;
  if (record.state != ItemState::kPending)
    return fail(ErrorCode::kNotFound,
                "item record " + to_hex(request.key) + " is not pending but " + name(record.state));
  auto older = superseded_by(txn, request);
  if (!older) return tl::unexpected(older.error());
  if (auto ok = rewrap(record.sealed); !ok) return ok;
  record.state = request.state;
  record.binding = request.binding;
  record.bound = request.now;

  const IndexKey index =
      index_key(index_hash(keys_, request.binding.drive_id, request.binding.item_id), request.key);
  if (auto ok = txn.insert(env_->db(kIndex), index, {}); !ok) return ok;
  working_.enter(keys_, kIndexDb, index, {});
  if (auto ok = replace(txn, *pending); !ok) return ok;
  for (Loaded& version : *older) {
    version.record.state = ItemState::kSuperseded;
    if (auto ok = replace(txn, version); !ok) return ok;
  }
  return {};
}

Result<std::vector<Items::Loaded>> Items::superseded_by(WriteTxn& txn, const BindRequest& request) {
  std::vector<Loaded> older;
  if (!request.newest) return older;
  auto ids = version_ids(txn, request.binding.drive_id, request.binding.item_id);
  if (!ids) return tl::unexpected(ids.error());
  for (const Id& id : *ids) {
    auto version = load(txn, id);
    if (!version) return tl::unexpected(version.error());
    if (is_current(version->record.state)) older.push_back(std::move(*version));
  }
  return older;
}

// The unit's key may have moved while the file was on its way; what is stored or bound stands under
// the active version, so that the records under an older one only become fewer.
Status Items::rewrap(SealedKey& sealed) {
  const auto units = ring_.now();
  const UnitKeyInfo* active = units->active_of(sealed.unit);
  if (active == nullptr)
    return fail(ErrorCode::kNotFound, "unit " + to_hex(sealed.unit) + " has no active key");
  if (id_of(*active) == version_of(sealed)) return {};
  return move_wrap(*units, *active, sealed, scratch_.reveal());
}

}  // namespace kerros::keystore
