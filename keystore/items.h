// The items environment: records by id, the index of versions by (drive, item), intents, the head.
// items.cc: one file and its versions; intents.cc: where else it may turn up; copies.cc: that it
// did; seen.cc: what was refused, and accepted by a person; items_rewrap.cc: versions of unit keys;
// items_forget.cc: what leaves with its age.
//
// Thread safety: every member from any thread. Writes run on this environment's committer.
// Lifetime: keys and ring must outlive it.
#pragma once

#include <atomic>
#include <map>
#include <memory>

#include "keystore/committer.h"
#include "keystore/head.h"
#include "keystore/intent_table.h"
#include "keystore/key_ring.h"
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
  static constexpr std::size_t kRecords = 0, kIndex = 1, kHead = 2, kIntents = 3;
  static EnvParams env_params(const std::string& directory, std::uint64_t map_bytes);

  static Result<std::unique_ptr<Items>> open(std::unique_ptr<Env> env, const StoreKeys& keys,
                                             const KeyRing& ring, Head head);

  void put_pending(const ItemRecord& record, Done done);
  void bind(BindRequest request, Done done);
  void set_state(const Id& id, ItemState from, ItemState to, Done done);
  void refresh(const Id& id, Binding binding, Done done);
  Status check_writable();

  Result<std::map<VersionId, std::uint64_t>> count_versions() const;
  // One slice; `scratch` as for move_wrap (rewrap.h). Waits: not from a completion.
  Result<Rewrapped> rewrap_some(const RewrapParams& params, MutableByteView scratch);
  Result<PeopleForgotten> forget_some(UnixMillis before, const Id& after);
  // Calls `write`, which changes the ring, between two groups on the committer's thread. Waits.
  Status change_keys(const std::function<Status()>& write);

  Result<ItemRecord> find(const Id& key) const;
  Result<std::vector<ItemRecord>> versions(std::string_view drive_id,
                                           std::string_view item_id) const;
  Result<std::vector<std::unique_ptr<ItemRecord>>> newest_bound(
      std::span<const KeyStore::ItemRef> items) const;
  Result<std::vector<ItemRecord>> scan(const Id& after, std::size_t limit,
                                       const ScanFilter& filter) const;
  Result<std::vector<ItemRecord>> bindings(const Id& key) const;

  void put_intents(std::vector<Intent> intents, UnixMillis now, Done done);
  void pin_intent(const Intent& intent, std::string item_id, Done done);
  void drop_intents(std::vector<Intent> intents, Done done);
  void fulfil(const Intent& intent, Binding binding, UnixMillis now, Done done);
  const IntentTable& waiting() const { return waiting_; }
  void put_seen(Intent seen, Done done);
  Result<Intent> find_seen(std::string_view drive_id, std::string_view item_id,
                           UnixMillis now) const;
  void accept_seen(const Intent& seen, UnixMillis now, Done done);

  std::uint64_t count() const { return count_.load(std::memory_order_relaxed); }
  StoreHead head() const;
  std::size_t queued() const { return committer_->queued(); }

 private:
  struct Loaded {
    ItemRecord record;
    Bytes stored;
  };
  Items(std::unique_ptr<Env> env, const StoreKeys& keys, const KeyRing& ring, Head head,
        crypto::SecretBytes scratch);
  void begin_group();
  Status write_head(WriteTxn& txn);
  void publish();
  void show_head();
  Status touch(WriteTxn& txn);  // a change of the head alone

  struct Move {  // of a record to another version of its unit's key
    Id id{};
    VersionId to;
    Id unit{};
    Bytes before;
    Bytes after;
  };
  Result<std::vector<std::pair<Id, Bytes>>> find_movable(const UnitKeys& units,
                                                         const RewrapParams& params,
                                                         Rewrapped& seen) const;
  Status apply_moves(WriteTxn& txn, const std::vector<Move>& moves, std::uint64_t& moved);

  struct Change {  // of a record that nobody else changed meanwhile
    Id id{};
    Bytes before;
    Bytes after;
  };
  Result<PeopleForgotten> find_forgettable(UnixMillis before, const Id& after,
                                           std::vector<Change>& changes) const;
  Status apply_changes(WriteTxn& txn, const std::vector<Change>& changes, std::uint64_t& changed);

  using IndexHash = std::array<std::uint8_t, 32>;
  Result<Loaded> load(Txn& txn, const Id& id) const;
  Result<std::vector<Id>> ids_under(Txn& txn, const IndexHash& hash) const;  // newest first
  Result<std::vector<Id>> version_ids(Txn& txn, std::string_view drive_id,
                                      std::string_view item_id) const;
  Status replace(WriteTxn& txn, const Loaded& loaded);
  Status apply_put(WriteTxn& txn, const ItemRecord& record, ByteView stored);
  Status apply_bind(WriteTxn& txn, const BindRequest& request);
  Result<std::vector<Loaded>> superseded_by(WriteTxn& txn, const BindRequest& request);
  Status rewrap(SealedKey& sealed);

  Status enter(WriteTxn& txn, std::string_view db, std::size_t at, ByteView key, ByteView value);
  Status read_intents();  // at start
  Result<Bytes> stored_intent(Txn& txn, const Intent& intent) const;
  Status erase_intent(WriteTxn& txn, ByteView row, ByteView stored);
  Status replace_intent(WriteTxn& txn, const Intent& intent, ByteView before);
  Status forget_expired(WriteTxn& txn, UnixMillis now);
  Status apply_intents(WriteTxn& txn, const std::vector<Intent>& intents, UnixMillis now);
  Status apply_fulfil(WriteTxn& txn, const Intent& intent, const Binding& binding, UnixMillis now);
  Status apply_pin(WriteTxn& txn, const Intent& intent, const std::string& item_id);
  Status apply_drop(WriteTxn& txn, const std::vector<Intent>& intents);
  Status apply_seen(WriteTxn& txn, const Intent& seen);
  Status forget_seen(WriteTxn& txn, UnixMillis now);
  Result<bool> is_stale(Txn& txn, const Intent& seen, UnixMillis now) const;
  Status apply_accept(WriteTxn& txn, const Intent& seen, UnixMillis now);
  Status check_not_overtaken(WriteTxn& txn, const Intent& intent, const Binding& binding);
  Status place_file(WriteTxn& txn, const Intent& intent, Binding binding, UnixMillis now);
  Status supersede_versions(WriteTxn& txn, std::string_view drive_id, std::string_view item_id,
                            const Id& except, bool suspects_too);

  std::unique_ptr<Env> env_;
  const StoreKeys& keys_;
  const KeyRing& ring_;          // the published head vouches for the keys environment too
  const std::uint64_t reserve_;  // pages that pending records leave to binds
  crypto::SecretBytes scratch_;  // a DEK on its way to a newer unit key
  Head durable_;                 // committer's thread alone, like working_
  Head working_;
  bool has_room_ = true;
  bool head_waits_ = false;  // for a change of the keys; committer's thread alone
  mutable std::mutex head_mutex_;
  StoreHead published_;
  std::atomic<std::uint64_t> count_{0};
  IntentTable waiting_;
  std::size_t durable_seen_ = 0;  // committer's thread alone, like working_seen_
  std::size_t working_seen_ = 0;
  std::unique_ptr<Committer> committer_;  // last: stops first
};

}  // namespace kerros::keystore
