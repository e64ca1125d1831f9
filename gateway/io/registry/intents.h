// Intents: copies, moves and restores that were asked for here, and what was spent of them.
//
// A file that a listing or a read shows is held against the few intents for its own stored bytes;
// the store tells them from memory.
//
// Thread safety: one coroutine. Errors: Refused.
#pragma once

#include <vector>

#include "gateway/io/exchange/exchange.h"

namespace kerros::io {

// How long an intent waits for its file to turn up: a large copy takes hours.
inline constexpr std::uint64_t kIntentLifeMs = 48ull * 60 * 60 * 1000;

// An intent for the file of this record, at a drive.
keystore::Intent intent_for(const Exchange& x, const keystore::ItemRecord& record,
                            keystore::IntentKind kind, std::string drive_id);
// The binding that upstream's metadata tells of an item.
keystore::Binding binding_of(const graph::FoundItem& item);
// Whether the item that upstream tells of is the one the intent is for.
bool is_expected(const Exchange& x, const keystore::Intent& intent, const graph::FoundItem& item);
// Puts on record that its file is there, then spends it. False when it was spent meanwhile.
net::awaitable<bool> fulfil(Exchange& x, const keystore::Intent& intent, keystore::Binding binding);

// Whether the bounds of keystore/key_store.h leave room for these: before anything of them is put
// on record. Refused(kNotAllowed), with a sentence that says what to do.
void require_room(const Exchange& x, const std::vector<keystore::Intent>& intents);

// Verbs of the store as awaitables, in slices that keep its transactions short; Refused when it
// cannot be written, and then none of them is left.
net::awaitable<void> put_intents(Exchange& x, std::vector<keystore::Intent> intents);
net::awaitable<void> drop_intents(Exchange& x, std::vector<keystore::Intent> intents);

}  // namespace kerros::io
