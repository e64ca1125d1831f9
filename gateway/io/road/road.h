// The road of one request, as docs/path-of-a-byte.md tells it: from its head to the stage that
// serves it, and from what the stage throws to the answer. Every stage is named in road.cc, and
// knows nothing of the others that stand there.
//
// Thread safety: one coroutine on the worker's executor. Lifetime: as the exchange.
#pragma once

#include "gateway/io/exchange/exchange.h"

namespace kerros::io {

// Serves one request whose head was read. Returns whether the connection can be used again; throws
// boost::system::system_error when it cannot even be told.
net::awaitable<bool> serve(Exchange& x);

}  // namespace kerros::io
