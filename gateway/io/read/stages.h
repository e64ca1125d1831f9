// The stages of requests that read content.
//
// Thread safety: one coroutine on the worker's executor. Errors: Refused, Relayed.
#pragma once

#include "gateway/io/exchange/exchange.h"

namespace kerros::io {

net::awaitable<void> read_content(Exchange& x);       // read_content.cc
net::awaitable<void> read_own_download(Exchange& x);  // read_content.cc
net::awaitable<void> redirect_content(Exchange& x);   // redirect_content.cc
net::awaitable<void> pass_content_side(Exchange& x);  // content_side.cc
net::awaitable<void> list_versions(Exchange& x);      // versions.cc
net::awaitable<void> read_version(Exchange& x);       // versions.cc

}  // namespace kerros::io
