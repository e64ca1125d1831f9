// Where the parts of a store lie on disk.
//
// Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <string>

#include "keystore/env.h"

namespace kerros::keystore {

inline constexpr std::uint64_t kKeysMapBytes = std::uint64_t{64}
                                               << 20;  // sparse; thousands of units

inline std::string keys_directory(const std::string& store) { return store + "/keys"; }
// Where the next file of keys is made.
inline std::string keys_draft_directory(const std::string& store) { return store + "/keys.draft"; }
inline std::string items_directory(const std::string& store) { return store + "/items"; }
inline std::string lock_file(const std::string& store) { return store + "/lock"; }

inline EnvParams keys_params(const std::string& store) {
  return {keys_directory(store), kKeysMapBytes, {"rows", "head"}, true};
}

}  // namespace kerros::keystore
