// The stages of an upload in fragments.
//
// Thread safety: one coroutine on the worker's executor. Errors: Refused, Relayed.
#pragma once

#include "gateway/io/exchange/exchange.h"

namespace kerros::io {

net::awaitable<void> create_session(Exchange& x);
net::awaitable<void> own_upload(Exchange& x);  // a fragment, a status, an end
net::awaitable<void> commit_session(Exchange& x);

}  // namespace kerros::io
