// The databases of the items environment, and how the index of versions spells its rows.
//
// A row of the index is the hash of (drive, item), then the record's id. These ids are ordered by
// time, so that the rows of an item lie together, oldest first. A copy's record stands there a
// second time, under the hash of its key.
//
// Thread safety: pure functions.
#pragma once

#include <algorithm>
#include <array>

#include "crypto/bytes.h"
#include "keystore/record.h"

namespace kerros::keystore {

inline constexpr std::string_view kRecordsDb = "records";
inline constexpr std::string_view kIndexDb = "index";
inline constexpr std::string_view kIntentsDb = "intents";

using IndexHash = std::array<std::uint8_t, kIndexHashSize>;
using IndexKey = std::array<std::uint8_t, kIndexHashSize + sizeof(Id)>;

inline IndexKey index_key(const IndexHash& hash, const Id& key) {
  IndexKey out{};
  std::copy(hash.begin(), hash.end(), out.begin());
  std::copy(key.begin(), key.end(), out.begin() + kIndexHashSize);
  return out;
}

inline Id id_of(ByteView bytes) {
  Id id{};
  if (bytes.size() == id.size()) std::copy(bytes.begin(), bytes.end(), id.begin());
  return id;
}

// An intent stands under the hash of its key, with kSeen under that of its item.
inline IndexKey intent_row(const StoreKeys& keys, const Intent& intent) {
  return intent.kind == IntentKind::kSeen
             ? index_key(index_hash(keys, intent.drive_id, intent.item_id), Id{})
             : index_key(key_hash(keys, intent.key), intent.id);
}

}  // namespace kerros::keystore
