// The stage of requests that write a whole file at once.
//
// Thread safety: one coroutine on the worker's executor. Errors: Refused, Relayed.
#pragma once

#include "gateway/io/exchange/exchange.h"

namespace kerros::io {

net::awaitable<void> write_content(Exchange& x);

}  // namespace kerros::io
