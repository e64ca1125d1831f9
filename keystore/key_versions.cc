// The verbs of KeyStore about versions of unit keys.
//
// What makes "nothing stands under it" final: a record is only ever stored or moved under the
// active version, decided on the committer's thread, where the versions change too. So the records
// under any other version can only become fewer, and one look that finds none is true for ever.
// Sessions have a committer of their own: the version is closed to new ones before they are
// counted.
#include "keystore/key_versions.h"

#include <algorithm>

#include "keystore/lmdb_store.h"

namespace kerros::keystore {
namespace {

Error in_use(const KeyUse& use) {
  return {ErrorCode::kConflict, "version " + std::to_string(use.key.version) +
                                    " is in use: " + std::to_string(use.records) + " records, " +
                                    std::to_string(use.sessions) + " upload sessions"};
}

}  // namespace

bool may_become(KeyState from, KeyState to) {
  switch (to) {
    case KeyState::kActive:
      return from == KeyState::kPending;
    case KeyState::kRetired:
      return from == KeyState::kReplaced;
    case KeyState::kDestroyed:
      return from == KeyState::kRetired;
    case KeyState::kPending:
    case KeyState::kReplaced:
      return false;
  }
  return false;
}

Result<std::vector<KeyUse>> LmdbStore::key_usage() const {
  const auto units = ring_->now();
  auto counts = items_->count_versions();
  if (!counts) return tl::unexpected(counts.error());
  auto sessions = sessions_->uses();
  if (!sessions) return tl::unexpected(sessions.error());
  std::vector<KeyUse> usage;
  for (const UnitKeyInfo& info : units->all()) {
    KeyUse use{info, (*counts)[id_of(info)], 0, 0};
    for (const auto& [version, expires] : *sessions) {
      if (version != id_of(info)) continue;
      ++use.sessions;
      use.last_session = std::max(use.last_session, expires);
    }
    usage.push_back(std::move(use));
  }
  return usage;
}

Result<UnitKeyInfo> LmdbStore::make_version(const Id& unit, UnixMillis now) {
  const std::lock_guard lock(changing_keys_);
  const auto units = ring_->now();
  auto made = units->active(unit);
  if (!made) return made;
  for (const UnitKeyInfo& info : units->all()) {
    if (info.unit != unit) continue;
    if (info.state == KeyState::kPending) return info;
    made->version = std::max(made->version, info.version);
  }
  ++made->version;
  made->state = KeyState::kPending;
  made->created = now;
  auto kek = crypto::Kek::random();
  if (!kek) return tl::unexpected(kek.error());
  if (auto ok = change_keys({kek_row(keys_, *made, &*kek)}); !ok) return tl::unexpected(ok.error());
  return made;
}

Status LmdbStore::set_key_state(const VersionId& version, KeyState to) {
  const std::lock_guard lock(changing_keys_);
  const auto units = ring_->now();
  const UnitKeyInfo* found = units->info(version);
  if (found == nullptr)
    return fail(ErrorCode::kNotFound, "there is no version " + std::to_string(version.version) +
                                          " of unit key " + to_hex(version.kek));
  if (!may_become(found->state, to))
    return fail(ErrorCode::kConflict, "version " + std::to_string(version.version) + " is " +
                                          name(found->state) + ", and cannot become " + name(to));
  UnitKeyInfo changed = *found;
  changed.state = to;
  if (to != KeyState::kActive) return leave_version(changed);
  std::vector<KeyRow> rows = {kek_row(keys_, changed, units->find(version))};
  if (const UnitKeyInfo* before = units->active_of(changed.unit)) {
    UnitKeyInfo replaced = *before;
    replaced.state = KeyState::kReplaced;
    rows.push_back(kek_row(keys_, replaced, units->find(id_of(replaced))));
  }
  return change_keys(rows);
}

// Towards retired and destroyed.
Status LmdbStore::leave_version(const UnitKeyInfo& changed) {
  const KeyRing::Closed closed(*ring_, id_of(changed));
  if (auto ok = sessions_->settle(); !ok) return ok;
  auto usage = key_usage();
  if (!usage) return tl::unexpected(usage.error());
  for (const KeyUse& use : *usage)
    if (id_of(use.key) == id_of(changed) && (use.records != 0 || use.sessions != 0))
      return tl::unexpected(in_use(use));
  const auto units = ring_->now();
  const bool gone = changed.state == KeyState::kDestroyed;
  return change_keys({kek_row(keys_, changed, gone ? nullptr : units->find(id_of(changed)))});
}

Status LmdbStore::change_keys(const std::vector<KeyRow>& rows) {
  return items_->change_keys([&] { return ring_->write(rows); });
}

Result<Rewrapped> LmdbStore::rewrap(const RewrapParams& params) {
  auto scratch = pool_->take();
  if (!scratch) return tl::unexpected(scratch.error());
  return items_->rewrap_some(params, scratch->reveal());
}

}  // namespace kerros::keystore
