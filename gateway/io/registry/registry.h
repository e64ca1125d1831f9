// Whether upstream may serve a known file as this item: because the records say so, or because a
// copy, a move or a restore was asked for here.
//
// Thread safety: one coroutine. Errors: Refused.
#pragma once

#include <optional>

#include "gateway/io/exchange/exchange.h"
#include "gateway/io/exchange/place.h"
#include "gateway/io/registry/wanted.h"

namespace kerros::io {

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

// As the audit log names a unit.
std::string unit_name(const Exchange& x, const keystore::Id& unit);

}  // namespace kerros::io
