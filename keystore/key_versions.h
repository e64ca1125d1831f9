// Versions of a unit's key: what may become of one, and what stands under it.
//
//   pending  -> active     when nothing can lose it any more; the one before becomes replaced
//   active   -> replaced   by the activation of the next one, in the same write
//   replaced -> retired    when no record and no session stands under it; none can come any more
//   retired  -> destroyed  the key is gone; its number is never given again
//
// Thread safety: plain values.
#pragma once

#include <compare>
#include <cstddef>

#include "keystore/records.h"

namespace kerros::keystore {

struct VersionId {
  Id kek{};
  std::uint32_t version = 0;
  auto operator<=>(const VersionId&) const = default;
};
inline VersionId id_of(const UnitKeyInfo& key) { return {key.kek, key.version}; }
inline VersionId version_of(const SealedKey& sealed) { return {sealed.kek, sealed.kek_version}; }

// What an operator may ask for; replaced is reached by activating the next version.
bool may_become(KeyState from, KeyState to);

struct KeyUse {
  UnitKeyInfo key;
  std::uint64_t records = 0;
  std::uint64_t sessions = 0;
  UnixMillis last_session = 0;  // when the last of them expires; 0 without any
};

struct RewrapParams {
  Id unit{};             // zero: every unit
  Id after{};            // records up to this one were looked at; zero: none
  std::size_t most = 0;  // records to move
};
struct Rewrapped {
  std::uint64_t moved = 0;
  Id last{};              // where to go on
  bool complete = false;  // there was nothing left to look at
};

}  // namespace kerros::keystore
