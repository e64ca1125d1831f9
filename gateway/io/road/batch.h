// POST $batch: every request in it takes the road that it would have taken alone.
//
// The batch itself never goes upstream. Each part is an exchange of its own, with its own route,
// place, decision, audit records and proof of its caller; only its client is memory. Parts run one
// after the other, those that others depend on first.
//
// Thread safety: one coroutine. Errors: Refused for a batch that could be read in two ways.
#pragma once

#include "gateway/io/exchange/exchange.h"

namespace kerros::io {

net::awaitable<void> run_batch(Exchange& x);

}  // namespace kerros::io
