#include "keystore/items.h"

#include <algorithm>
#include <cstring>

#include "keystore/record.h"

namespace kerros::keystore {
namespace {

constexpr std::string_view kRecordsDb = "records";
constexpr std::string_view kIndexDb = "index";
constexpr std::size_t kDekSize = 32;

// Enough for the binds of everything that may be on its way, without wasting a large map.
std::uint64_t reserve_of(std::uint64_t pages) {
  constexpr std::uint64_t kLeast = 64;
  constexpr std::uint64_t kMost = 16384;
  return std::clamp(pages / 50, kLeast, kMost);
}

using IndexKey = std::array<std::uint8_t, kIndexHashSize + sizeof(Id)>;

IndexKey index_key(const std::array<std::uint8_t, kIndexHashSize>& hash, const Id& key) {
  IndexKey out{};
  std::copy(hash.begin(), hash.end(), out.begin());
  std::copy(key.begin(), key.end(), out.begin() + kIndexHashSize);
  return out;
}

bool is_current(ItemState state) {
  return state == ItemState::kBound || state == ItemState::kUnverified;
}

bool may_result_from_bind(ItemState state) {
  return is_current(state) || state == ItemState::kSuspect || state == ItemState::kSuperseded;
}

// What set_state may do: pending becomes bound by bind alone, and void and shredded are final.
bool may_follow(ItemState from, ItemState to) {
  if (from == to || to == ItemState::kPending) return false;
  if (from == ItemState::kPending) return to == ItemState::kVoid;
  if (to == ItemState::kVoid) return false;
  return from != ItemState::kVoid && from != ItemState::kShredded;
}

Id id_of(ByteView bytes) {
  Id id{};
  if (bytes.size() == id.size()) std::copy(bytes.begin(), bytes.end(), id.begin());
  return id;
}

}  // namespace

EnvParams Items::env_params(const std::string& directory, std::uint64_t map_bytes) {
  return {directory,
          map_bytes,
          {std::string(kRecordsDb), std::string(kIndexDb), std::string(kHeadDb)},
          true};
}

Result<std::unique_ptr<Items>> Items::open(std::unique_ptr<Env> env, const StoreKeys& keys,
                                           const UnitKeys& units, Head head,
                                           const StoreHead& keys_head) {
  auto scratch = crypto::SecretBytes::make(kDekSize);
  if (!scratch) return tl::unexpected(scratch.error());
  return std::unique_ptr<Items>(
      new Items(std::move(env), keys, units, std::move(head), keys_head, std::move(*scratch)));
}

Items::Items(std::unique_ptr<Env> env, const StoreKeys& keys, const UnitKeys& units, Head head,
             const StoreHead& keys_head, crypto::SecretBytes scratch)
    : env_(std::move(env)),
      keys_(keys),
      units_(units),
      keys_head_(keys_head),
      reserve_(reserve_of(env_->pages())),
      scratch_(std::move(scratch)),
      durable_(std::move(head)),
      working_(durable_),
      published_(durable_.published(keys, keys_head_.set_hash)),
      count_(durable_.count()) {
  committer_ = std::make_unique<Committer>(
      *env_,
      Committer::Hooks{[this] { begin_group(); }, [this](WriteTxn& txn) { return write_head(txn); },
                       [this] { publish(); }});
}

void Items::begin_group() {
  working_ = durable_;
  has_room_ = env_->pages_left(reserve_) >= reserve_;
}

Status Items::write_head(WriteTxn& txn) {
  working_.advance();
  return txn.put(env_->db(kHead), as_bytes(kHeadKey), working_.encode(keys_));
}

void Items::publish() {
  durable_ = working_;
  count_.store(durable_.count(), std::memory_order_relaxed);
  const StoreHead head = durable_.published(keys_, keys_head_.set_hash);
  const std::lock_guard lock(head_mutex_);
  published_ = head;
}

StoreHead Items::head() const {
  const std::lock_guard lock(head_mutex_);
  return published_;
}

Status Items::check_writable() {
  return committer_->submit_and_wait([this](WriteTxn& txn) {
    return txn.put(env_->db(kHead), as_bytes(kHeadKey), working_.encode(keys_));
  });
}

// --- writes ---

void Items::put_pending(const ItemRecord& record, Done done) {
  if (record.state != ItemState::kPending)
    return done(fail(ErrorCode::kConflict, "only pending records are put"));
  // Encoded here, in the caller's thread: the committer only stores.
  committer_->submit([this, key = record.sealed.key, stored = encode_item(keys_, record)](
                         WriteTxn& txn) { return apply_put(txn, key, stored); },
                     std::move(done));
}

Status Items::apply_put(WriteTxn& txn, const Id& key, ByteView stored) {
  if (!has_room_)
    return fail(ErrorCode::kFull, "the map of " + env_->directory() +
                                      " is nearly full: what is left is for uploads under way");
  auto inserted = txn.insert(env_->db(kRecords), key, stored);
  if (!inserted) return inserted;
  working_.enter(keys_, kRecordsDb, key, stored);
  working_.set_count(working_.count() + 1);
  return {};
}

Status Items::replace(WriteTxn& txn, const Loaded& loaded) {
  const Id& key = loaded.record.sealed.key;
  const Bytes stored = encode_item(keys_, loaded.record);
  if (auto ok = txn.put(env_->db(kRecords), key, stored); !ok) return ok;
  working_.leave(keys_, kRecordsDb, key, loaded.stored);
  working_.enter(keys_, kRecordsDb, key, stored);
  return {};
}

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

// The unit's key may have moved while the file was on its way; what is bound stands under the
// active version, so that destroying an old one needs to look at bound records once.
Status Items::rewrap(SealedKey& sealed) {
  auto active = units_.active(sealed.unit);
  if (!active) return tl::unexpected(active.error());
  if (active->kek == sealed.kek && active->version == sealed.kek_version) return {};
  const crypto::Kek* old_kek = units_.find(sealed.kek, sealed.kek_version);
  const crypto::Kek* new_kek = units_.find(active->kek, active->version);
  if (old_kek == nullptr || new_kek == nullptr)
    return fail(ErrorCode::kNotFound, "the unit key of " + to_hex(sealed.key) + " is gone");
  crypto::WrapContext context{units_.tenant(), sealed.unit,   sealed.kek,       sealed.kek_version,
                              sealed.key,      sealed.header, sealed.commitment};
  if (auto ok = crypto::unwrap_dek(*old_kek, context, sealed.wrapped, scratch_.reveal()); !ok)
    return ok;
  context.kek = sealed.kek = active->kek;
  context.kek_version = sealed.kek_version = active->version;
  sealed.wrapped = crypto::wrap_dek(*new_kek, context, std::as_const(scratch_).reveal());
  crypto::wipe(scratch_.reveal());
  return {};
}

void Items::set_state(const Id& key, ItemState from, ItemState to, Done done) {
  if (!may_follow(from, to))
    return done(fail(ErrorCode::kConflict,
                     std::string("no record goes from ") + name(from) + " to " + name(to)));
  committer_->submit(
      [this, key, from, to](WriteTxn& txn) -> Status {
        auto loaded = load(txn, key);
        if (!loaded) return tl::unexpected(loaded.error());
        if (loaded->record.state != from)
          return fail(ErrorCode::kConflict, "item record " + to_hex(key) + " is not " + name(from) +
                                                " but " + name(loaded->record.state));
        loaded->record.state = to;
        return replace(txn, *loaded);
      },
      std::move(done));
}

// --- reads ---

Result<Items::Loaded> Items::load(Txn& txn, const Id& key) const {
  auto stored = txn.get(env_->db(kRecords), key);
  if (!stored) return tl::unexpected(stored.error());
  if (!*stored) return fail(ErrorCode::kNotFound, "there is no item record " + to_hex(key));
  auto record = decode_item(keys_, key, **stored);
  if (!record) return tl::unexpected(record.error());
  return Loaded{std::move(*record), Bytes((*stored)->begin(), (*stored)->end())};
}

Result<std::vector<Id>> Items::version_ids(Txn& txn, std::string_view drive_id,
                                           std::string_view item_id) const {
  const auto hash = index_hash(keys_, drive_id, item_id);
  Id last{};
  last.fill(0xff);
  std::vector<Id> ids;
  const auto collect = [&](ByteView key, ByteView) {
    if (key.size() != sizeof(IndexKey) || !std::equal(hash.begin(), hash.end(), key.begin()))
      return false;
    ids.push_back(id_of(key.subspan(kIndexHashSize)));
    return true;
  };
  if (auto ok = txn.walk_down(env_->db(kIndex), index_key(hash, last), collect); !ok)
    return tl::unexpected(ok.error());
  return ids;
}

Result<ItemRecord> Items::find(const Id& key) const {
  auto txn = ReadTxn::begin(*env_);
  if (!txn) return tl::unexpected(txn.error());
  return load(**txn, key).map([](Loaded loaded) { return std::move(loaded.record); });
}

Result<std::vector<ItemRecord>> Items::versions(std::string_view drive_id,
                                                std::string_view item_id) const {
  auto txn = ReadTxn::begin(*env_);
  if (!txn) return tl::unexpected(txn.error());
  auto ids = version_ids(**txn, drive_id, item_id);
  if (!ids) return tl::unexpected(ids.error());
  std::vector<ItemRecord> records;
  for (const Id& id : *ids) {
    auto loaded = load(**txn, id);
    if (!loaded) return tl::unexpected(loaded.error());
    records.push_back(std::move(loaded->record));
  }
  return records;
}

Result<std::vector<std::unique_ptr<ItemRecord>>> Items::newest_bound(
    std::span<const KeyStore::ItemRef> items) const {
  auto txn = ReadTxn::begin(*env_);
  if (!txn) return tl::unexpected(txn.error());
  std::vector<std::unique_ptr<ItemRecord>> found(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    auto ids = version_ids(**txn, items[i].drive_id, items[i].item_id);
    if (!ids) return tl::unexpected(ids.error());
    for (const Id& id : *ids) {
      auto loaded = load(**txn, id);
      if (!loaded) return tl::unexpected(loaded.error());
      if (!is_current(loaded->record.state)) continue;
      found[i] = std::make_unique<ItemRecord>(std::move(loaded->record));
      break;
    }
  }
  return found;
}

Result<std::vector<ItemRecord>> Items::scan(const Id& after, std::size_t limit,
                                            const ScanFilter& filter) const {
  constexpr std::size_t kPerTxn = 256;  // a long reader would keep freed pages from being used
  std::vector<ItemRecord> records;
  Status failed;
  Id last = after;
  bool more = true;
  while (more && failed && records.size() < limit) {
    auto txn = ReadTxn::begin(*env_);
    if (!txn) return tl::unexpected(txn.error());
    std::size_t seen = 0;
    more = false;
    const auto visit = [&](ByteView key, ByteView stored) {
      if (id_of(key) == last) return true;
      if (records.size() == limit) return false;
      if (++seen > kPerTxn) {
        more = true;
        return false;
      }
      last = id_of(key);
      auto record = decode_item(keys_, key, stored);
      if (!record) {
        failed = tl::unexpected(record.error());
        return false;
      }
      const bool wanted =
          (filter.drive_id.empty() || filter.drive_id == record->binding.drive_id) &&
          (filter.item_id.empty() || filter.item_id == record->binding.item_id) &&
          (filter.all_states || is_current(record->state));
      if (wanted) records.push_back(std::move(*record));
      return true;
    };
    if (auto ok = (*txn)->walk(env_->db(kRecords), last, visit); !ok)
      return tl::unexpected(ok.error());
  }
  if (!failed) return tl::unexpected(failed.error());
  return records;
}

}  // namespace kerros::keystore
