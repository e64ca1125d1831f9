// The KeyStore of one host: three LMDB environments behind the verbs of key_store.h.
//
// Thread safety and lifetime: as key_store.h promises.
#pragma once

#include <memory>
#include <mutex>

#include "keystore/fd.h"
#include "keystore/items.h"
#include "keystore/key_ring.h"
#include "keystore/key_store.h"
#include "keystore/sessions.h"

namespace kerros::keystore {

class LmdbStore : public KeyStore {
 public:
  static Result<std::unique_ptr<KeyStore>> open(const StoreParams& params,
                                                const UnsealWith& unseal);

  Id tenant() const override { return tenant_; }
  Result<UnitKeyInfo> active_key(const Id& unit) const override {
    return ring_->now()->active(unit);
  }
  std::vector<UnitKeyInfo> unit_keys() const override { return ring_->now()->all(); }
  Result<NewKey> make_key(const NewKeyParams& params, const CommitTo& commit_to) override;
  Result<crypto::SecretPool::Slot> unlock(const SealedKey& sealed) override;
  Result<crypto::SecretBytes> derived_key(crypto::Purpose purpose, ByteView context) const override;

  Result<std::vector<KeyUse>> key_usage() const override;
  Result<UnitKeyInfo> make_version(const Id& unit, UnixMillis now) override;
  Status set_key_state(const VersionId& version, KeyState to) override;
  Result<Rewrapped> rewrap(const RewrapParams& params) override;

  void put_pending(ItemRecord record, Done done) override;
  void bind(const Id& key, Binding binding, ItemState state, bool newest, UnixMillis now,
            Done done) override;
  void set_state(const Id& key, ItemState from, ItemState to, Done done) override;
  Result<ItemRecord> find(const Id& key) const override { return items_->find(key); }
  Result<std::vector<ItemRecord>> versions(std::string_view drive_id,
                                           std::string_view item_id) const override;
  Result<std::vector<std::unique_ptr<ItemRecord>>> newest_bound(
      std::span<const ItemRef> items) const override;
  Result<std::vector<ItemRecord>> scan(const Id& after, std::size_t limit,
                                       const ScanFilter& filter) const override;
  Result<std::vector<ItemRecord>> bindings(const Id& key) const override {
    return items_->bindings(key);
  }
  void refresh(const Id& record, Binding binding, Done done) override;
  Result<PeopleForgotten> forget_people(UnixMillis before, const Id& after) override {
    return items_->forget_some(before, after);
  }
  std::uint64_t item_count() const override { return items_->count(); }
  StoreHead head() const override { return items_->head(); }

  void put_intents(std::vector<Intent> intents, UnixMillis now, Done done) override;
  void pin_intent(const Intent& intent, std::string item_id, Done done) override;
  void drop_intents(std::vector<Intent> intents, Done done) override;
  void fulfil(const Intent& intent, Binding binding, UnixMillis now, Done done) override;
  Status intents_fit(std::span<const Intent> intents, UnixMillis now) const override {
    return items_->waiting().fit(intents, now);
  }
  std::vector<Intent> intents_for(const crypto::QuickXorDigest& stored, std::string_view drive_id,
                                  std::string_view item_id, UnixMillis now) const override {
    return items_->waiting().matching(stored, drive_id, item_id, now);
  }
  std::uint64_t intent_count() const override { return items_->waiting().size(); }
  void put_seen(Intent seen, Done done) override;
  Result<Intent> find_seen(std::string_view drive_id, std::string_view item_id,
                           UnixMillis now) const override {
    return items_->find_seen(drive_id, item_id, now);
  }
  void accept_seen(const Intent& seen, UnixMillis now, Done done) override;

  void put_session(SessionRecord record, Done done) override;
  void update_session(SessionRecord record, std::uint64_t tags_below, Done done) override;
  void claim_tags(const Id& session, std::uint64_t first_chunk, Bytes tags, Done done) override;
  void erase_session(const Id& session, Done done) override;
  Result<SessionRecord> find_session(const Id& session) const override;
  Result<std::vector<Id>> expired_sessions(UnixMillis now) const override;

  Status check_writable() override { return items_->check_writable(); }
  std::size_t queued() const override { return items_->queued() + sessions_->queued(); }

 private:
  LmdbStore(Fd lock, crypto::RootKey root, StoreKeys keys)
      : lock_(std::move(lock)), root_(std::move(root)), keys_(std::move(keys)) {}
  Status check_sessions_place(const StoreParams& params);
  Status open_environments(const StoreParams& params, Head head);
  std::array<std::uint8_t, 32> sessions_owner() const;
  Result<SealedKey> wrap_of_now(const UnitKeys& units, const SealedKey& sealed) const;
  Status leave_version(const UnitKeyInfo& changed);
  Status change_keys(const std::vector<KeyRow>& rows);

  Fd lock_;  // first: the last to go
  Fd sessions_lock_;
  crypto::RootKey root_;
  StoreKeys keys_;
  std::unique_ptr<KeyRing> ring_;
  Id tenant_{};
  std::mutex changing_keys_;  // one change of a version at a time
  std::unique_ptr<crypto::SecretPool> pool_;
  std::unique_ptr<Items> items_;
  std::unique_ptr<Sessions> sessions_;
};

}  // namespace kerros::keystore
