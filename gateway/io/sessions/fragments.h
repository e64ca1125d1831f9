// The fragments of a sealed upload session: the next one, and one that came before.
//
// Thread safety: one coroutine, which holds the session. Errors: Refused, Relayed.
#pragma once

#include "gateway/graph/range.h"
#include "gateway/io/sessions/held_session.h"
#include "gateway/io/write/sealed_sink.h"
#include "gateway/io/write/sealing.h"

namespace kerros::io {

// Continues at the session's point: sealed, sent, stored, told.
net::awaitable<void> next_fragment(Exchange& x, HeldSession& s, const graph::ContentRange& range);
// The fragment that led to the point comes again: sealed in memory and compared.
net::awaitable<void> compare_repeated(Exchange& x, HeldSession& s);
// The upload of a session that has every byte and waits for its commit, durable: the file may be
// made. It is left open, since upstream may refuse one name and take the next.
net::awaitable<std::unique_ptr<Upload>> begin_commit(Exchange& x, const HeldSession& s);
// The final answer is bound, kept for a repeated last fragment, and told.
net::awaitable<void> finish_session(Exchange& x, HeldSession& s, Upload& upload,
                                    const UpstreamAnswer& answer);

}  // namespace kerros::io
