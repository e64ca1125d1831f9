// The databases of the items environment, and how the index of versions spells its rows.
//
// A row of the index is the hash of (drive, item), then the key id. Key ids are ordered by time, so
// that the rows of an item lie together, oldest first.
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

// The states that a version which is in use may be in.
inline bool is_current(ItemState state) {
  return state == ItemState::kBound || state == ItemState::kUnverified;
}

}  // namespace kerros::keystore
