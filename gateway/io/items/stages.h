// The stages of requests about items that carry no content.
//
// Thread safety: one coroutine on the worker's executor. Errors: Refused, Relayed.
#pragma once

#include "gateway/io/exchange/exchange.h"

namespace kerros::io {

net::awaitable<void> pass_json(Exchange& x);         // json_exchange.cc
net::awaitable<void> copy_item(Exchange& x);         // copy.cc
net::awaitable<void> read_own_monitor(Exchange& x);  // monitor.cc
net::awaitable<void> restore_item(Exchange& x);      // restore.cc

}  // namespace kerros::io
