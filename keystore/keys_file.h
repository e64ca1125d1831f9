// The file of the keys environment. It is small and always written whole: a draft beside it,
// synced, then renamed over it. So a change is there or not, and a row that went is in no page of
// the file.
//
// Nothing keeps the environment open: it is read at start by a child (check.h) and lives in memory.
// Thread safety: one thread; the store's lock is held.
#pragma once

#include <span>
#include <string>

#include "keystore/head.h"
#include "keystore/unit_keys.h"

namespace kerros::keystore {

// Into the keys directory of a store that is being made.
Status write_keys_file(const std::string& store, const StoreKeys& keys,
                       std::span<const KeyRow> rows, const Head& head);

struct Replaced {
  bool visible = false;  // whoever opens the store finds the new rows
  Status durable;        // and will after a loss of power
};
Replaced replace_keys_file(const std::string& store, const StoreKeys& keys,
                           std::span<const KeyRow> rows, const Head& head);

// What an attempt that was cut short left beside the file. It may hold a key destroyed since.
void remove_keys_draft(const std::string& store);

}  // namespace kerros::keystore
