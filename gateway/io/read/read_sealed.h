// Reading content that was sealed here, by its record: ranges and conditions are of the plaintext.
//
// Thread safety: one coroutine. Errors: Refused, Relayed.
#pragma once

#include "gateway/io/exchange/exchange.h"
#include "gateway/io/registry/wanted.h"

namespace kerros::io {

// Answers from upstream's stream. What begins like another sealed file is read as that
// (read_unbound.h).
net::awaitable<void> read_known(Exchange& x, const Wanted& wanted,
                                const keystore::ItemRecord& record);

}  // namespace kerros::io
