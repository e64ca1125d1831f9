// Which fields of a client's request go upstream.
//
// An allow-list: digests of the plaintext (Content-MD5, Digest, Repr-Digest ...), cookies, verb
// tunnelling, hop-by-hop fields and whatever Connection names stay here. Host, Content-Length,
// Transfer-Encoding and Expect belong to the connection and are set where it is written.
// Thread safety: pure functions. Source: RFC 9110 7.6.1.
#pragma once

#include "gateway/graph/head.h"

namespace kerros::graph {

// Accept-Encoding becomes "identity" always: answers are rewritten or opened here.
// `body_is_sealed`: the request writes or reads sealed content. Its ranges count other bytes than
// the client's, so they are left out, and a body's media type is octet-stream for the cloud.
Fields upstream_fields(const Fields& client, bool body_is_sealed);

// Whether a Connection field of `fields` names this one.
bool is_named_by_connection(const Fields& fields, std::string_view name);

}  // namespace kerros::graph
