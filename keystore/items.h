// The items environment: records by key id, the index of versions by (drive, item), the head.
//
// Thread safety: every member from any thread. Writes run on this environment's committer.
// Lifetime: keys and unit keys must outlive it.
#pragma once

#include <atomic>
#include <memory>

#include "keystore/committer.h"
#include "keystore/head.h"
#include "keystore/key_store.h"
#include "keystore/unit_keys.h"

namespace kerros::keystore {

struct BindRequest {
  Id key{};
  Binding binding;
  ItemState state = ItemState::kBound;
  bool newest = false;
  UnixMillis now = 0;
};

class Items {
 public:
  static constexpr std::size_t kRecords = 0, kIndex = 1, kHead = 2;
  static EnvParams env_params(const std::string& directory, std::uint64_t map_bytes);

  static Result<std::unique_ptr<Items>> open(std::unique_ptr<Env> env, const StoreKeys& keys,
                                             const UnitKeys& units, Head head,
                                             const StoreHead& keys_head);

  void put_pending(const ItemRecord& record, Done done);
  void bind(BindRequest request, Done done);
  void set_state(const Id& key, ItemState from, ItemState to, Done done);
  Status check_writable();

  Result<ItemRecord> find(const Id& key) const;
  Result<std::vector<ItemRecord>> versions(std::string_view drive_id,
                                           std::string_view item_id) const;
  Result<std::vector<std::unique_ptr<ItemRecord>>> newest_bound(
      std::span<const KeyStore::ItemRef> items) const;
  Result<std::vector<ItemRecord>> scan(const Id& after, std::size_t limit,
                                       const ScanFilter& filter) const;
  std::uint64_t count() const { return count_.load(std::memory_order_relaxed); }
  StoreHead head() const;
  std::size_t queued() const { return committer_->queued(); }

 private:
  struct Loaded {
    ItemRecord record;
    Bytes stored;
  };
  Items(std::unique_ptr<Env> env, const StoreKeys& keys, const UnitKeys& units, Head head,
        const StoreHead& keys_head, crypto::SecretBytes scratch);
  void begin_group();
  Status write_head(WriteTxn& txn);
  void publish();

  Result<Loaded> load(Txn& txn, const Id& key) const;
  Result<std::vector<Id>> version_ids(Txn& txn, std::string_view drive_id,
                                      std::string_view item_id) const;
  Status replace(WriteTxn& txn, const Loaded& loaded);
  Status apply_put(WriteTxn& txn, const Id& key, ByteView stored);
  Status apply_bind(WriteTxn& txn, const BindRequest& request);
  Result<std::vector<Loaded>> superseded_by(WriteTxn& txn, const BindRequest& request);
  Status rewrap(SealedKey& sealed);

  std::unique_ptr<Env> env_;
  const StoreKeys& keys_;
  const UnitKeys& units_;
  const StoreHead keys_head_;    // the published head vouches for the keys environment too
  const std::uint64_t reserve_;  // pages that pending records leave to binds
  crypto::SecretBytes scratch_;  // a DEK on its way to a newer unit key
  Head durable_;                 // committer's thread alone, like working_
  Head working_;
  bool has_room_ = true;
  mutable std::mutex head_mutex_;
  StoreHead published_;
  std::atomic<std::uint64_t> count_{0};
  std::unique_ptr<Committer> committer_;  // last: stops first
};

}  // namespace kerros::keystore
