// Bodies on their way to the client: opened chunk by chunk, or copied as they are.
//
// Only whole verified chunks leave, the first one before the head does, so that a file that is not
// authentic from its beginning gets an error answer; a failure after the head resets the
// connection. A clean end means: everything promised was authentic.
//
// Thread safety: one coroutine. Errors: Refused(kNotAuthentic, kUpstreamUnreachable).
#pragma once

#include <functional>

#include "crypto/opener.h"
#include "gateway/graph/range.h"
#include "gateway/io/exchange/exchange.h"
#include "gateway/transfer/seal_window.h"

namespace kerros::io {

struct OpenedBody {
  std::uint64_t plain_size = 0;  // of the whole file
  graph::ByteRange part;         // wanted plaintext, when not `to_end`
  bool to_end = false;           // the whole file, and nothing may follow it
};

// A file of which the record may not know yet how it was stored, read whole. `bind` is awaited once
// all of it is known to be authentic and before its end leaves, so that who has the last byte finds
// the record bound; it does not throw.
struct FirstReading {
  transfer::Hashes hashes;  // carried over all chunks
  std::function<net::awaitable<void>()> bind;
};

// The response stands at the first sealed byte of the first chunk needed. Content-Length is set
// here.
net::awaitable<void> send_opened(Exchange& x, Upstream::Response& response, crypto::Opener& opener,
                                 graph::ResponseHead head, const OpenedBody& body,
                                 ReadAudit::Ticket& ticket, FirstReading* first);

// The answer as upstream sends it, after the bytes of it that were read already.
net::awaitable<void> copy_answer(Exchange& x, Upstream::Response& response,
                                 graph::ResponseHead head, ByteView begun);

// Reads until `into` is full or the body ends; what was read.
net::awaitable<std::size_t> read_up_to(HttpConnection& from, MutableByteView into);
// Drops that many body bytes; false when the body ends before.
net::awaitable<bool> skip_body(HttpConnection& from, std::uint64_t bytes);

}  // namespace kerros::io
