// A request that asks to speak WebSocket from here on. On intercepted hosts such connections pass
// for routes that hold no content: what follows is relayed octet by octet, both ways, for as long
// as it is not silent for longer than a tunnel may be.
//
// Source: RFC 9110 7.8, RFC 6455 4. Thread safety and lifetime: as the exchange.
#pragma once

#include "gateway/io/exchange/exchange.h"

namespace kerros::io {

bool asks_upgrade(const Exchange& x);

// Asks upstream. Where that does not switch, its answer is the client's.
net::awaitable<void> pass_upgrade(Exchange& x);

}  // namespace kerros::io
