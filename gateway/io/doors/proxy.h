// The proxy door: HTTP CONNECT, and the file that tells browsers about it.
//
// A host on the interception list is answered with a certificate made for it, and from there on
// its requests take the road of the Graph door; every other one is passed on unread. The rules are
// gateway/proxy/interception.h's.
//
// Thread safety: one coroutine on the worker's executor. Lifetime: owns the connection; the worker
// and the bounds outlive it. Throws nothing.
#pragma once

#include "gateway/io/asio.h"
#include "gateway/io/doors/bounds.h"
#include "gateway/io/worker/worker.h"

namespace kerros::io {

net::awaitable<void> serve_proxy(Worker& worker, DoorBounds& bounds, net::ip::tcp::socket socket);

}  // namespace kerros::io
