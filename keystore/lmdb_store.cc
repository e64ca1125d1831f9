#include "keystore/lmdb_store.h"

#include "crypto/random.h"
#include "keystore/rewrap.h"

namespace kerros::keystore {

Result<NewKey> LmdbStore::make_key(const NewKeyParams& params, const CommitTo& commit_to) {
  const auto units = ring_->now();
  auto active = units->active(params.unit);
  if (!active) return tl::unexpected(active.error());
  auto slot = pool_->take();
  if (!slot) return tl::unexpected(slot.error());
  NewKey made{std::move(*slot), {}};
  crypto::fill_random(made.dek.reveal());
  SealedKey& sealed = made.sealed;
  sealed.key = crypto::time_ordered_id(params.now);
  sealed.unit = params.unit;
  sealed.kek = active->kek;
  sealed.kek_version = active->version;
  crypto::fill_random(sealed.salt);
  const crypto::Header header{params.suite, false, tenant_, params.unit, sealed.key};
  sealed.header = crypto::encode(header);
  const ByteView dek = std::as_const(made.dek).reveal();
  auto commitment = commit_to(header, sealed.salt, dek);
  if (!commitment) return tl::unexpected(commitment.error());
  sealed.commitment = *commitment;
  const crypto::Kek* kek = units->find(id_of(*active));
  if (kek == nullptr) return fail(ErrorCode::kNotFound, "the active unit key is gone");
  sealed.wrapped = crypto::wrap_dek(*kek, wrap_context(tenant_, sealed), dek);
  return made;
}

Result<crypto::SecretPool::Slot> LmdbStore::unlock(const SealedKey& sealed) {
  const auto units = ring_->now();
  auto wrap = wrap_of_now(*units, sealed);
  if (!wrap) return tl::unexpected(wrap.error());
  const crypto::Kek* kek = units->find(version_of(*wrap));
  if (kek == nullptr)
    return fail(ErrorCode::kNotFound, "the unit key of " + to_hex(sealed.key) + " is not here");
  auto slot = pool_->take();
  if (!slot) return slot;
  auto unwrapped =
      crypto::unwrap_dek(*kek, wrap_context(tenant_, *wrap), wrap->wrapped, slot->reveal());
  if (!unwrapped) return tl::unexpected(unwrapped.error());
  return slot;
}

// The caller may have read the record before it was moved and the version destroyed.
Result<SealedKey> LmdbStore::wrap_of_now(const UnitKeys& units, const SealedKey& sealed) const {
  if (units.find(version_of(sealed)) != nullptr) return sealed;
  auto record = items_->find(sealed.key);
  if (!record && record.error().code != ErrorCode::kNotFound) return tl::unexpected(record.error());
  return record ? record->sealed : sealed;
}

Result<crypto::SecretBytes> LmdbStore::derived_key(crypto::Purpose purpose,
                                                   ByteView context) const {
  return crypto::derive(root_, purpose, context);
}

// --- items ---

void LmdbStore::put_pending(ItemRecord record, Done done) {
  items_->put_pending(record, std::move(done));
}

void LmdbStore::bind(const Id& key, Binding binding, ItemState state, bool newest, UnixMillis now,
                     Done done) {
  items_->bind({key, std::move(binding), state, newest, now}, std::move(done));
}

void LmdbStore::set_state(const Id& key, ItemState from, ItemState to, Done done) {
  items_->set_state(key, from, to, std::move(done));
}

Result<std::vector<ItemRecord>> LmdbStore::versions(std::string_view drive_id,
                                                    std::string_view item_id) const {
  return items_->versions(drive_id, item_id);
}

Result<std::vector<std::unique_ptr<ItemRecord>>> LmdbStore::newest_bound(
    std::span<const ItemRef> items) const {
  return items_->newest_bound(items);
}

Result<std::vector<ItemRecord>> LmdbStore::scan(const Id& after, std::size_t limit,
                                                const ScanFilter& filter) const {
  return items_->scan(after, limit, filter);
}

void LmdbStore::refresh(const Id& record, Binding binding, Done done) {
  items_->refresh(record, std::move(binding), std::move(done));
}

// --- intents ---

void LmdbStore::put_intents(std::vector<Intent> intents, UnixMillis now, Done done) {
  items_->put_intents(std::move(intents), now, std::move(done));
}

void LmdbStore::pin_intent(const Intent& intent, std::string item_id, Done done) {
  items_->pin_intent(intent, std::move(item_id), std::move(done));
}

void LmdbStore::drop_intents(std::vector<Intent> intents, Done done) {
  items_->drop_intents(std::move(intents), std::move(done));
}

void LmdbStore::fulfil(const Intent& intent, Binding binding, UnixMillis now, Done done) {
  items_->fulfil(intent, std::move(binding), now, std::move(done));
}

void LmdbStore::put_seen(Intent seen, Done done) {
  items_->put_seen(std::move(seen), std::move(done));
}

void LmdbStore::accept_seen(const Intent& seen, UnixMillis now, Done done) {
  items_->accept_seen(seen, now, std::move(done));
}

// --- sessions ---

void LmdbStore::put_session(SessionRecord record, Done done) {
  sessions_->put(record, std::move(done));
}

void LmdbStore::update_session(SessionRecord record, std::uint64_t tags_below, Done done) {
  sessions_->update(record, tags_below, std::move(done));
}

void LmdbStore::claim_tags(const Id& session, std::uint64_t first_chunk, Bytes tags, Done done) {
  sessions_->claim_tags(session, first_chunk, std::move(tags), std::move(done));
}

void LmdbStore::erase_session(const Id& session, Done done) {
  sessions_->erase(session, std::move(done));
}

Result<SessionRecord> LmdbStore::find_session(const Id& session) const {
  return sessions_->find(session);
}

Result<std::vector<Id>> LmdbStore::expired_sessions(UnixMillis now) const {
  return sessions_->expired(now);
}

}  // namespace kerros::keystore
