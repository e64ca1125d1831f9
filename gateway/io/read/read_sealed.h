// Reading content that was sealed here: by its record, or by the prefix of what upstream serves.
//
// Upstream's yes to this caller comes before anything: before a size is told, before a read is put
// on record, before a key is unlocked.
//
// Thread safety: one coroutine. Errors: Refused, Relayed.
#pragma once

#include <optional>
#include <string>

#include "crypto/header.h"
#include "gateway/io/exchange/exchange.h"
#include "gateway/io/exchange/place.h"
#include "gateway/io/read/content_source.h"
#include "gateway/io/registry/wanted.h"
#include "gateway/transfer/seal_window.h"

namespace kerros::io {

ContentAsk ask_for(const Wanted& wanted, std::optional<graph::ByteRange> range);
graph::Fields content_fields(const Exchange& x, const graph::ResponseHead& head);

// Answers from upstream's stream, ranges and conditions included.
net::awaitable<void> read_known(Exchange& x, const Wanted& wanted,
                                const keystore::ItemRecord& record);

// What reading the whole of a pending version says of it, for its record.
keystore::Binding binding_of(const Wanted& wanted, const transfer::Hashes& hashes);

// The rest of a file whose prefix was read already, opened whole. A pending version is bound by
// `bind`. Put on record before the first byte leaves.
using BindWhole = std::function<net::awaitable<void>(keystore::Binding)>;
net::awaitable<void> send_whole_file(Exchange& x, const Wanted& wanted,
                                     Upstream::Response& response,
                                     const keystore::ItemRecord& record,
                                     const crypto::Prefix& prefix, const BindWhole& bind);

// Bytes that were never sealed, in answer to a reader: refused or put on record where the place is
// protected, as the rule for such files says (read_content.cc). An older version in the clear of an
// item that was `sealed` here is on record wherever it lies: it may be from before, or a forgery.
enum class Versions : std::uint8_t { kNeverSealed, kSealed };
net::awaitable<void> admit_plain(Exchange& x, const Wanted& wanted, const policy::Place& place,
                                 Versions versions);

// Answers for a file whose place is known, by its record or as what was never sealed here; HEAD
// from metadata (read_content.cc).
net::awaitable<void> read_placed(Exchange& x, const Wanted& wanted, const Identity& identity);

// `response` served `begun`, which begins like a sealed file, for an item without a record that
// says so: a version whose final answer was lost is opened and bound, a file that was asked for
// here is followed (registry.h), everything else is refused.
net::awaitable<void> read_unbound(Exchange& x, const Wanted& wanted, Upstream::Response& response,
                                  ByteView begun);

}  // namespace kerros::io
