// Which fields of upstream's answer reach the client.
//
// An allow-list: digests, cookies, hop-by-hop fields and Location (which names an upstream URL and
// is rewritten by whoever handles the route) stay here. Content-Length and Transfer-Encoding belong
// to the connection.
// Thread safety: pure functions.
#pragma once

#include "gateway/graph/head.h"

namespace kerros::graph {

// `body_changed`: the client gets other bytes than upstream sent, so that what counts or codes
// those bytes (Content-Encoding, Content-Range, Accept-Ranges) is left out.
// WWW-Authenticate keeps its text and is one line: clients look for exactly one.
Fields client_fields(const Fields& upstream, bool body_changed);

}  // namespace kerros::graph
