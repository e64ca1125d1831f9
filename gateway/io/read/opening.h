// What opening a stored file takes: a proven caller, a read on record, the key.
//
// Upstream's yes to this caller comes before anything: before a size is told, before a read is put
// on record, before a key is unlocked.
//
// Thread safety: one coroutine. Errors: Refused.
#pragma once

#include <optional>

#include "crypto/header.h"
#include "crypto/opener.h"
#include "gateway/io/exchange/exchange.h"
#include "gateway/io/read/content_source.h"
#include "gateway/io/registry/wanted.h"

namespace kerros::io {

ContentAsk ask_for(const Wanted& wanted, std::optional<graph::ByteRange> range);

// As in place.h, for what is wanted.
net::awaitable<void> require_proof(Exchange& x, const Wanted& wanted);

// Returns once the read is on record.
net::awaitable<ReadAudit::Ticket> begin_read(Exchange& x, const Wanted& wanted,
                                             const keystore::ItemRecord& record);

// The first bytes of the stored file that the record describes.
crypto::Prefix prefix_of(const keystore::ItemRecord& record);

// Unlocks the key.
crypto::Opener make_opener(Exchange& x, const keystore::SealedKey& sealed,
                           const crypto::Prefix& prefix);

// What upstream says the stored file's size is; 0 when it does not say.
std::uint64_t stored_size(const Upstream::Response& response);

// Those of an answer with opened content, but its length.
graph::Fields content_fields(const Exchange& x, const graph::ResponseHead& head);

}  // namespace kerros::io
