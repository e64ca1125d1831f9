// Items: intents, the rows that say where a known file may turn up. Their rows on disk, and the
// table in memory that answers for them.
#include <algorithm>
#include <set>

#include "keystore/items.h"
#include "keystore/record.h"
#include "keystore/version_index.h"

namespace kerros::keystore {
namespace {

constexpr std::size_t kForgottenAtOnce = 2 * kMostIntentsAtOnce;  // faster than new ones may come

}  // namespace

// --- rows ---

Status Items::read_intents() {
  auto txn = ReadTxn::begin(*env_);
  if (!txn) return tl::unexpected(txn.error());
  Status failed;
  const auto visit = [&](ByteView row, ByteView stored) {
    if (is_seen(stored)) {
      ++durable_seen_;
      return true;
    }
    auto intent = decode_intent(keys_, row, stored);
    if (!intent) failed = tl::unexpected(intent.error());
    if (!failed) return false;
    auto source = load(**txn, intent->record);
    if (!source) failed = tl::unexpected(source.error());
    if (!failed) return false;
    waiting_.enter(std::move(*intent), source->record.binding.sealed_hash);
    return true;
  };
  if (auto ok = (*txn)->walk(env_->db(kIntents), {}, visit); !ok) return ok;
  waiting_.publish();
  return failed;
}

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
  if (!*stored) return fail(ErrorCode::kNotFound, "the intent was spent before, or has expired");
  return Bytes((*stored)->begin(), (*stored)->end());
}

Status Items::erase_intent(WriteTxn& txn, ByteView row, ByteView stored) {
  if (is_seen(stored))
    --working_seen_;
  else
    waiting_.leave(id_of(row.subspan(kIndexHashSize)));
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
  return apply_drop(txn, waiting_.expired(now, kForgottenAtOnce));
}

// --- verbs ---

void Items::put_intents(std::vector<Intent> intents, UnixMillis now, Done done) {
  const bool wrong = std::ranges::any_of(
      intents, [](const Intent& one) { return one.kind == IntentKind::kSeen || one.id == Id{}; });
  if (wrong || intents.size() > kMostIntentsAtOnce)
    return done(fail(ErrorCode::kConflict, "not an intent, or too many at once"));
  committer_->submit([this, intents = std::move(intents),
                      now](WriteTxn& txn) { return apply_intents(txn, intents, now); },
                     std::move(done));
}

// Everything that can be refused is looked at before the first row is written.
Status Items::apply_intents(WriteTxn& txn, const std::vector<Intent>& intents, UnixMillis now) {
  if (!has_room_)
    return fail(ErrorCode::kFull, "the map of " + env_->directory() + " is nearly full");
  if (auto ok = waiting_.fit(intents, now); !ok) return ok;
  std::set<Id> ids;
  std::vector<crypto::QuickXorDigest> files;
  for (const Intent& intent : intents) {
    auto there = txn.get(env_->db(kIntents), intent_row(keys_, intent));
    if (!there) return tl::unexpected(there.error());
    if (*there || !ids.insert(intent.id).second)
      return fail(ErrorCode::kConflict, "the intent exists");
    const auto source = load(txn, intent.record);
    if (!source) return tl::unexpected(source.error());
    files.push_back(source->record.binding.sealed_hash);
  }
  if (auto ok = forget_expired(txn, now); !ok) return ok;
  for (std::size_t i = 0; i < intents.size(); ++i) {
    const IndexKey row = intent_row(keys_, intents[i]);
    const Bytes stored = encode_intent(keys_, row, intents[i]);
    if (auto ok = enter(txn, kIntentsDb, kIntents, row, stored); !ok) return ok;
    waiting_.enter(intents[i], files[i]);
  }
  return {};
}

void Items::pin_intent(const Intent& intent, std::string item_id, Done done) {
  committer_->submit([this, intent, item_id = std::move(item_id)](
                         WriteTxn& txn) { return apply_pin(txn, intent, item_id); },
                     std::move(done));
}

Status Items::apply_pin(WriteTxn& txn, const Intent& intent, const std::string& item_id) {
  const auto stored = stored_intent(txn, intent);
  if (!stored) return tl::unexpected(stored.error());
  auto pinned = decode_intent(keys_, intent_row(keys_, intent), *stored);
  if (!pinned) return tl::unexpected(pinned.error());
  if (pinned->item_id == item_id) return {};
  // The first word stands: what was pinned once is not moved to another item.
  if (!pinned->item_id.empty()) return fail(ErrorCode::kConflict, "the intent is for another item");
  pinned->item_id = item_id;
  if (auto ok = replace_intent(txn, *pinned, *stored); !ok) return ok;
  waiting_.pin(pinned->id, item_id);
  return {};
}

void Items::drop_intents(std::vector<Intent> intents, Done done) {
  if (intents.size() > kMostIntentsAtOnce)
    return done(fail(ErrorCode::kConflict, "too many intents at once"));
  committer_->submit(
      [this, intents = std::move(intents)](WriteTxn& txn) { return apply_drop(txn, intents); },
      std::move(done));
}

Status Items::apply_drop(WriteTxn& txn, const std::vector<Intent>& intents) {
  for (const Intent& intent : intents) {
    const auto stored = stored_intent(txn, intent);
    if (!stored && stored.error().code == ErrorCode::kNotFound) continue;
    if (!stored) return tl::unexpected(stored.error());
    if (auto ok = erase_intent(txn, intent_row(keys_, intent), *stored); !ok) return ok;
  }
  return {};
}

}  // namespace kerros::keystore
