// The check of a whole store before anything maps it: each part in a child process.
//
// Thread safety: one thread, at start.
#pragma once

#include "keystore/head.h"
#include "keystore/unit_keys.h"

namespace kerros::keystore {

// Rows of the keys environment, read without keys; the head's row comes last. What they say is
// verified by verify_keys once the root is open.
Result<std::vector<KeyRow>> read_keys(const std::string& directory, std::uint64_t map_bytes);
Result<Head> verify_keys(const StoreKeys& keys, std::span<const KeyRow> rows);

// Every page, record MAC and index row of the items environment against its head.
Result<Head> check_items(const StoreKeys& keys, const std::string& directory,
                         std::uint64_t map_bytes);

// Sessions live on tmpfs and may be lost; only their pages are looked at. `owner` must be the row
// the store wrote (another store's sessions are of no use).
Status check_sessions(const std::string& directory, std::uint64_t map_bytes, ByteView owner);

inline constexpr std::string_view kOwnerDb = "owner";

}  // namespace kerros::keystore
