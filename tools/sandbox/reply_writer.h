// Replies on the wire, as they should be or as a switch wants them spoilt.
//
// Switches here: slow, tls.close, smuggle, reply.framing, json.gzip.
// Thread safety: one thread for each connection.
#pragma once

#include "tools/sandbox/connection.h"
#include "tools/sandbox/exchange.h"

namespace kerros::sandbox {

// How the connection has to end; kNone when the reply left it usable.
Ending write_reply(Connection& connection, Services& cloud, const RequestHead& head, Reply& reply,
                   bool switches_apply, bool keep_alive);

}  // namespace kerros::sandbox
