#include "gateway/io/registry/sightings.h"

#include <algorithm>

#include "gateway/io/registry/intents.h"

namespace kerros::io {

namespace {

using keystore::IntentKind;
using keystore::ItemRecord;
using keystore::ItemState;

// Size alone proves nothing either way, and some listings show 0 for what they do not know.
bool is_told(const graph::FoundItem& item) {
  return item.size.value_or(0) != 0 && !item.quick_xor_hash.empty();
}

void note(Exchange& x, Sighting::Kind kind, const ItemRecord& record) {
  x.sightings.push_back({kind, record, {}, {}});
}

std::optional<crypto::QuickXorDigest> digest_of(const graph::FoundItem& item) {
  const auto octets = from_base64(item.quick_xor_hash);
  crypto::QuickXorDigest digest{};
  if (!octets || octets->size() != digest.size()) return std::nullopt;
  std::ranges::copy(*octets, digest.begin());
  return digest;
}

// A file that turned up where a copy or a move was asked to bring it.
std::unique_ptr<ItemRecord> expected(Exchange& x, const graph::FoundItem& item) {
  if (x.store().intent_count() == 0) return nullptr;
  const auto stored = digest_of(item);
  if (!stored) return nullptr;
  for (const auto& intent : x.store().intents_for(*stored, item.drive_id, item.item_id, now_ms())) {
    // One intent is one item: the next one that looks like it is held against the others.
    const auto spent = x.followed.find(intent.id);
    if (spent != x.followed.end() && spent->second != item.item_id) continue;
    if (intent.kind == IntentKind::kRestore || !is_expected(x, intent, item)) continue;
    auto source = x.store().find(intent.record);
    if (!source || !is_stored(*source, item)) continue;
    x.followed.emplace(intent.id, item.item_id);
    x.sightings.push_back({Sighting::Kind::kFollowed, *source, intent, binding_of(item)});
    return std::make_unique<ItemRecord>(*std::move(source));
  }
  return nullptr;
}

// The event comes first: a record that has changed already is not noticed a second time.
net::awaitable<void> put_on_record(Exchange& x, const ItemRecord& record, audit::Event event,
                                   std::string_view status) {
  const std::string target = "drive " + record.binding.drive_id + " item " + record.binding.item_id;
  auto entry = record_of(x, event, target, status);
  entry.details.emplace_back("key", to_hex(record.sealed.key));
  auto appended = append_audit(x, std::move(entry));
  co_await await_audit(appended);
}

net::awaitable<void> change_state(Exchange& x, const ItemRecord& record, ItemState to) {
  Future<Status> changed(x.worker.executor, [&](auto done) {
    x.store().set_state(record.id, record.state, to, std::move(done));
  });
  co_await changed.get();  // another request may have seen the same
}

net::awaitable<void> refresh(Exchange& x, const ItemRecord& record, keystore::Binding binding) {
  Future<Status> refreshed(x.worker.executor, [&](auto done) {
    x.store().refresh(record.id, std::move(binding), std::move(done));
  });
  co_await refreshed.get();  // seen again with the next answer
}

net::awaitable<void> apply(Exchange& x, const Sighting& seen) {
  switch (seen.kind) {
    case Sighting::Kind::kVerified:
      co_await put_on_record(x, seen.record, audit::Event::kVersionVerified,
                             "seen: the stored bytes are those of the upload");
      co_return co_await change_state(x, seen.record, ItemState::kBound);
    case Sighting::Kind::kDiffers:
      co_await put_on_record(x, seen.record, audit::Event::kStoredDiffers,
                             "suspect: the stored bytes changed later, at the same cTag");
      co_return co_await change_state(x, seen.record, ItemState::kSuspect);
    case Sighting::Kind::kFollowed:
      co_await fulfil(x, seen.intent, seen.binding);
      co_return;
    case Sighting::Kind::kDraft:
      co_return co_await refresh(x, seen.record, seen.binding);
  }
}

}  // namespace

bool is_stored(const ItemRecord& record, const graph::FoundItem& item) {
  return is_told(item) && *item.size == record.binding.sealed_size &&
         item.quick_xor_hash == to_base64(record.binding.sealed_hash);
}

bool speaks_for(const ItemRecord& record, const graph::FoundItem& item) {
  const auto& bound = record.binding;
  if (!item.ctag.empty() && bound.ctag == item.ctag) return true;
  if (!item.size || *item.size != bound.sealed_size) return false;
  return item.quick_xor_hash.empty() ? item.ctag.empty()
                                     : item.quick_xor_hash == to_base64(bound.sealed_hash);
}

const ItemRecord* sight(Exchange& x, const graph::FoundItem& item,
                        std::unique_ptr<ItemRecord>& known) {
  // Only what upstream tells an accepted caller counts.
  const bool counts = x.proven && is_told(item) && !item.item_id.empty() && !item.is_folder;
  if (known && counts && !item.ctag.empty() && item.ctag == known->binding.ctag) {
    if (!is_stored(*known, item)) {
      note(x, Sighting::Kind::kDiffers, *known);
      return nullptr;
    }
    // What was published once is not called a draft later: an older version could then pass for it.
    if (item.draft && !*item.draft && known->binding.draft) {
      note(x, Sighting::Kind::kDraft, *known);
      x.sightings.back().binding = known->binding;
      x.sightings.back().binding.draft = false;
    }
    if (known->state == ItemState::kUnverified) note(x, Sighting::Kind::kVerified, *known);
  }
  if (known && speaks_for(*known, item)) return known.get();
  if (!counts) return nullptr;
  auto followed = expected(x, item);
  if (!followed) return nullptr;
  known = std::move(followed);
  return known.get();
}

std::unique_ptr<ItemRecord> sight(Exchange& x, const graph::FoundItem& item) {
  const keystore::KeyStore::ItemRef ref{item.drive_id, item.item_id};
  auto found = x.store().newest_bound(std::span(&ref, 1));
  if (!found) throw_store_error(found.error());
  auto known = std::move(found->front());
  return sight(x, item, known) == nullptr ? nullptr : std::move(known);
}

void note_read_whole(Exchange& x, const ItemRecord& record) {
  if (record.state == ItemState::kUnverified) note(x, Sighting::Kind::kVerified, record);
}

net::awaitable<void> apply_sightings(Exchange& x) {
  const std::vector<Sighting> sightings = std::exchange(x.sightings, {});
  for (const Sighting& seen : sightings) co_await apply(x, seen);
}

}  // namespace kerros::io
