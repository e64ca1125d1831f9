#include "keystore/key_ring.h"

#include <algorithm>

#include "keystore/keys_file.h"

namespace kerros::keystore {
namespace {

constexpr std::string_view kDb = "rows";

}  // namespace

Result<std::unique_ptr<KeyRing>> KeyRing::load(const StoreKeys& keys, std::string store,
                                               std::vector<KeyRow> rows, Head head) {
  auto units = UnitKeys::load(keys, rows);
  if (!units) return tl::unexpected(units.error());
  return std::unique_ptr<KeyRing>(
      new KeyRing(keys, std::move(store), std::move(rows), std::move(head), std::move(*units)));
}

KeyRing::KeyRing(const StoreKeys& keys, std::string store, std::vector<KeyRow> rows, Head head,
                 UnitKeys units)
    : keys_(keys),
      store_(std::move(store)),
      rows_(std::move(rows)),
      head_(std::move(head)),
      units_(std::make_shared<const UnitKeys>(std::move(units))) {}

std::shared_ptr<const UnitKeys> KeyRing::now() const {
  const std::lock_guard lock(mutex_);
  return units_;
}

StoreHead KeyRing::head() const {
  const std::lock_guard lock(mutex_);
  return head_.published(keys_);
}

// Only this function changes rows and head, so it may read them without the lock.
Status KeyRing::write(const std::vector<KeyRow>& changed) {
  std::vector<KeyRow> rows = rows_;
  Head head = head_;
  for (const KeyRow& row : changed) {
    const auto there = std::ranges::find(rows, row.first, &KeyRow::first);
    if (there == rows.end()) {
      rows.push_back(row);
    } else {
      head.leave(keys_, kDb, there->first, there->second);
      there->second = row.second;
    }
    head.enter(keys_, kDb, row.first, row.second);
  }
  head.advance();
  // Whoever starts next reads these rows in the same way, and must be able to.
  auto units = UnitKeys::load(keys_, rows);
  if (!units) return tl::unexpected(units.error());
  auto shown = std::make_shared<const UnitKeys>(std::move(*units));
  Replaced replaced = replace_keys_file(store_, keys_, rows, head);
  // Memory says what the file says, even when a loss of power could still take it back.
  if (!replaced.visible) return replaced.durable;
  const std::lock_guard lock(mutex_);
  rows_ = std::move(rows);
  head_ = std::move(head);
  units_ = std::move(shown);
  return replaced.durable;
}

bool KeyRing::admits(const VersionId& version) const {
  const std::lock_guard lock(mutex_);
  if (closed_ == version) return false;
  const UnitKeyInfo* info = units_->info(version);
  return info != nullptr &&
         (info->state == KeyState::kActive || info->state == KeyState::kReplaced);
}

KeyRing::Closed::Closed(KeyRing& ring, const VersionId& version) : ring_(ring) {
  const std::lock_guard lock(ring_.mutex_);
  ring_.closed_ = version;
}

KeyRing::Closed::~Closed() {
  const std::lock_guard lock(ring_.mutex_);
  ring_.closed_.reset();
}

}  // namespace kerros::keystore
