// Whether upstream may serve a known file as this item: because the records say so, or because a
// copy, a move or a restore was asked for here.
//
// Thread safety: one coroutine. Errors: Refused.
#pragma once

#include <optional>

#include "gateway/io/exchange.h"
#include "gateway/io/place.h"
#include "gateway/io/read_sealed.h"

namespace kerros::io {

// How long an intent waits for its file to turn up: a large copy takes hours.
inline constexpr std::uint64_t kIntentLifeMs = 48ull * 60 * 60 * 1000;

// The record under which the file of this key is read as the item. An intent that makes it right is
// spent, and the record follows. A pending one is returned as it is: its file is adopted once it
// was read whole. Refused(kNotAuthentic) for an unknown key, kRollback for an older version of the
// item, kForeignCopy for the file of another item, kStoredDiffers for one that is suspect; the last
// but one are remembered for `kerros item accept`.
net::awaitable<keystore::ItemRecord> record_for(Exchange& x, const Wanted& wanted,
                                                const keystore::Id& key);

// The version of that key which the item has or had: what may be read at /versions. A pending one
// included. Refused as above; intents do not count here.
keystore::ItemRecord version_for(Exchange& x, const Wanted& wanted, const keystore::Id& key);

// Upstream served bytes that are not sealed for an item that was sealed here. Remembers that, and
// throws Refused(kDowngraded).
net::awaitable<void> refuse_plain(Exchange& x, const Wanted& wanted);

// An intent for the file of this record, at a drive.
keystore::Intent intent_for(const Exchange& x, const keystore::ItemRecord& record,
                            keystore::IntentKind kind, std::string drive_id);
// The binding that upstream's metadata tells of an item.
keystore::Binding binding_of(const graph::FoundItem& item);
// Whether the item that upstream tells of is the one the intent is for.
bool is_expected(const Exchange& x, const keystore::Intent& intent, const graph::FoundItem& item);
// Spends it, and puts that on record. False when it was spent meanwhile.
net::awaitable<bool> fulfil(Exchange& x, const keystore::Intent& intent, keystore::Binding binding);

// Verbs of the store as awaitables; Refused when it cannot be written.
net::awaitable<void> put_intents(Exchange& x, std::vector<keystore::Intent> intents);
net::awaitable<void> drop_intents(Exchange& x, std::vector<keystore::Intent> intents);

}  // namespace kerros::io
