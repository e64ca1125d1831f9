#include "keystore/items.h"

#include <algorithm>

#include "keystore/record.h"
#include "keystore/version_index.h"

namespace kerros::keystore {
namespace {

constexpr std::size_t kDekSize = 32;

// Enough for the binds of everything that may be on its way, without wasting a large map.
std::uint64_t reserve_of(std::uint64_t pages) {
  constexpr std::uint64_t kLeast = 64;
  constexpr std::uint64_t kMost = 16384;
  return std::clamp(pages / 50, kLeast, kMost);
}

// What set_state may do: pending becomes bound by bind alone, and void and shredded are final.
bool may_follow(ItemState from, ItemState to) {
  if (from == to || to == ItemState::kPending) return false;
  if (from == ItemState::kPending) return to == ItemState::kVoid;
  if (to == ItemState::kVoid) return false;
  return from != ItemState::kVoid && from != ItemState::kShredded;
}

}  // namespace

EnvParams Items::env_params(const std::string& directory, std::uint64_t map_bytes) {
  return {directory,
          map_bytes,
          {std::string(kRecordsDb), std::string(kIndexDb), std::string(kHeadDb),
           std::string(kIntentsDb)},
          true};
}

Result<std::unique_ptr<Items>> Items::open(std::unique_ptr<Env> env, const StoreKeys& keys,
                                           const KeyRing& ring, Head head) {
  auto scratch = crypto::SecretBytes::make(kDekSize);
  if (!scratch) return tl::unexpected(scratch.error());
  std::unique_ptr<Items> items(
      new Items(std::move(env), keys, ring, std::move(head), std::move(*scratch)));
  if (auto ok = items->read_intents(); !ok) return tl::unexpected(ok.error());
  return items;
}

Items::Items(std::unique_ptr<Env> env, const StoreKeys& keys, const KeyRing& ring, Head head,
             crypto::SecretBytes scratch)
    : env_(std::move(env)),
      keys_(keys),
      ring_(ring),
      reserve_(reserve_of(env_->pages())),
      scratch_(std::move(scratch)),
      durable_(std::move(head)),
      working_(durable_),
      published_(durable_.published(keys, ring.head().set_hash)),
      count_(durable_.count()) {
  committer_ = std::make_unique<Committer>(
      *env_,
      Committer::Hooks{[this] { begin_group(); }, [this](WriteTxn& txn) { return write_head(txn); },
                       [this] { publish(); }});
}

void Items::begin_group() {
  working_ = durable_;
  waiting_.begin();
  working_seen_ = durable_seen_;
  head_waits_ = false;
  has_room_ = env_->pages_left(reserve_) >= reserve_;
}

Status Items::write_head(WriteTxn& txn) {
  working_.advance();
  return txn.put(env_->db(kHead), as_bytes(kHeadKey), working_.encode(keys_));
}

void Items::publish() {
  durable_ = working_;
  waiting_.publish();
  durable_seen_ = working_seen_;
  count_.store(durable_.count(), std::memory_order_relaxed);
  if (!head_waits_) show_head();
}

void Items::show_head() {
  const StoreHead head = durable_.published(keys_, ring_.head().set_hash);
  const std::lock_guard lock(head_mutex_);
  published_ = head;
}

StoreHead Items::head() const {
  const std::lock_guard lock(head_mutex_);
  return published_;
}

Status Items::check_writable() {
  return committer_->submit_and_wait([this](WriteTxn& txn) { return touch(txn); });
}

Status Items::touch(WriteTxn& txn) {
  return txn.put(env_->db(kHead), as_bytes(kHeadKey), working_.encode(keys_));
}

void Items::put_pending(const ItemRecord& record, Done done) {
  if (record.state != ItemState::kPending)
    return done(fail(ErrorCode::kConflict, "only pending records are put"));
  ItemRecord own = record;
  own.id = own.sealed.key;
  // Encoded here, in the caller's thread: as a rule the committer only stores.
  Bytes stored = encode_item(keys_, own);
  committer_->submit([this, own = std::move(own), stored = std::move(stored)](
                         WriteTxn& txn) { return apply_put(txn, own, stored); },
                     std::move(done));
}

Status Items::apply_put(WriteTxn& txn, const ItemRecord& record, ByteView stored) {
  if (!has_room_)
    return fail(ErrorCode::kFull, "the map of " + env_->directory() +
                                      " is nearly full: what is left is for uploads under way");
  const Id& key = record.id;
  // The unit's key may have moved since this one was made: nothing new comes under an older one.
  SealedKey sealed = record.sealed;
  if (auto ok = rewrap(sealed); !ok) return ok;
  Bytes moved;
  if (version_of(sealed) != version_of(record.sealed)) {
    ItemRecord under_active = record;
    under_active.sealed = sealed;
    stored = moved = encode_item(keys_, under_active);
  }
  auto inserted = txn.insert(env_->db(kRecords), key, stored);
  if (!inserted) return inserted;
  working_.enter(keys_, kRecordsDb, key, stored);
  working_.set_count(working_.count() + 1);
  return {};
}

Status Items::replace(WriteTxn& txn, const Loaded& loaded) {
  const Id& key = loaded.record.id;
  const Bytes stored = encode_item(keys_, loaded.record);
  if (auto ok = txn.put(env_->db(kRecords), key, stored); !ok) return ok;
  working_.leave(keys_, kRecordsDb, key, loaded.stored);
  working_.enter(keys_, kRecordsDb, key, stored);
  return {};
}

void Items::set_state(const Id& id, ItemState from, ItemState to, Done done) {
  if (!may_follow(from, to))
    return done(fail(ErrorCode::kConflict,
                     std::string("no record goes from ") + name(from) + " to " + name(to)));
  committer_->submit(
      [this, id, from, to](WriteTxn& txn) -> Status {
        auto loaded = load(txn, id);
        if (!loaded) return tl::unexpected(loaded.error());
        if (loaded->record.state != from)
          return fail(ErrorCode::kConflict, "item record " + to_hex(id) + " is not " + name(from) +
                                                " but " + name(loaded->record.state));
        loaded->record.state = to;
        return replace(txn, *loaded);
      },
      std::move(done));
}

}  // namespace kerros::keystore
