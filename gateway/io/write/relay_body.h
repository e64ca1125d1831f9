// A client's body on its way upstream as it is.
//
// Thread safety: one coroutine. Errors: Relayed with what upstream answered before the end.
#pragma once

#include "gateway/io/exchange/exchange.h"

namespace kerros::io {

// The framing is kept, so that a cut body stays a cut body.
net::awaitable<void> relay_body(Exchange& x, Upstream::Lease& lease);

}  // namespace kerros::io
