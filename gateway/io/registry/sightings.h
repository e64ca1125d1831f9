// What upstream's metadata says of items that the registry knows, and what follows from it.
//
// Size and hash of the stored bytes, told together, are compared with the record whenever an answer
// names the item: a version whose answer once told neither is verified after all; bytes that were
// rewritten later at the same cTag make their version suspect; a copy asked for here that has
// turned up gets its record. Reading a listing only notes this; apply_sightings() makes it so.
//
// Thread safety: one coroutine.
#pragma once

#include <memory>

#include "gateway/io/exchange/exchange.h"

namespace kerros::io {

// A record speaks for an item in the version it was bound to. The cTag can move without the content
// (a PATCH does it); stored size and hash say then that the bytes are the same.
bool speaks_for(const keystore::ItemRecord& record, const graph::FoundItem& item);

// Upstream tells that size and that hash of the stored bytes.
bool is_stored(const keystore::ItemRecord& record, const graph::FoundItem& item);

// The record that speaks for the item, nullptr when none does. `known` is the item's newest, which
// that of a copy takes the place of when the item is one that was expected.
const keystore::ItemRecord* sight(Exchange& x, const graph::FoundItem& item,
                                  std::unique_ptr<keystore::ItemRecord>& known);
std::unique_ptr<keystore::ItemRecord> sight(Exchange& x, const graph::FoundItem& item);

// The whole file was read and is authentic, which says more than any hash.
void note_read_whole(Exchange& x, const keystore::ItemRecord& record);

net::awaitable<void> apply_sightings(Exchange& x);

}  // namespace kerros::io
