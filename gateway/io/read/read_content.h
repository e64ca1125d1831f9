// Content for a reader: opened where it was sealed here, else passed or refused by rule.
//
// Thread safety: one coroutine. Errors: Refused, Relayed.
#pragma once

#include "gateway/io/exchange/place.h"
#include "gateway/io/registry/wanted.h"

namespace kerros::io {

// Bytes that were never sealed, in answer to a reader: refused or put on record where the place is
// protected, as the rule for such files says. An older version in the clear of an item that was
// `sealed` here is on record wherever it lies: it may be from before, or a forgery.
enum class Versions : std::uint8_t { kNeverSealed, kSealed };
net::awaitable<void> admit_plain(Exchange& x, const Wanted& wanted, const policy::Place& place,
                                 Versions versions);

// Answers for a file whose place is known, by its record or as what was never sealed here; HEAD
// from metadata.
net::awaitable<void> read_placed(Exchange& x, const Wanted& wanted, const Identity& identity);

}  // namespace kerros::io
