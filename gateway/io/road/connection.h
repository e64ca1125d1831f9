// One client connection from handshake to end: requests one after another, one catch.
//
// Thread safety: one coroutine on the worker's executor. Lifetime: owns the connection; the worker
// outlives it.
#pragma once

#include <memory>

#include "gateway/io/asio.h"
#include "gateway/io/exchange/front.h"
#include "gateway/io/worker/worker.h"

namespace kerros::io {

// The client sees `context` and is served as `front`.
net::awaitable<void> serve_connection(Worker& worker, net::ip::tcp::socket socket,
                                      std::shared_ptr<tls::Context> context, Front front);

}  // namespace kerros::io
