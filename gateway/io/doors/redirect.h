// The redirect door: connections that the network sends here, from clients that believe to be
// talking to somebody else.
//
// Where a connection was going is asked of the kernel, which host it is for is read in its first
// message. A host on the interception list is answered with a certificate made for it; every other
// connection goes to where it was going, unread. Nobody is there to be told anything: what is
// refused is reset.
//
// Thread safety: one coroutine on the worker's executor. Lifetime: owns the connection; the worker
// and the bounds outlive it. Throws nothing.
#pragma once

#include "gateway/io/asio.h"
#include "gateway/io/doors/bounds.h"
#include "gateway/io/worker/worker.h"

namespace kerros::io {

net::awaitable<void> serve_redirected(Worker& worker, DoorBounds& bounds,
                                      net::ip::tcp::socket socket);

}  // namespace kerros::io
