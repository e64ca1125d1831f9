// A sealed upload session as it was found, held so that no other fragment of it runs.
//
// Thread safety: one coroutine. Lifetime: within the exchange. Errors: Refused.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/io/exchange/exchange.h"
#include "gateway/transfer/upload_session.h"

namespace kerros::io {

struct HeldSession {
  std::optional<SessionTable::Hold> hold;
  keystore::SessionRecord record;
  transfer::SessionState state;
  UpstreamUrl url;
};

HeldSession find_session(Exchange& x, const crypto::Id& id);
// The new point and what belongs to it, durable when it returns. Tags of chunks below `tags_below`
// are forgotten.
net::awaitable<void> store_session(Exchange& x, HeldSession& s, std::uint64_t tags_below,
                                   std::uint64_t expires);
net::awaitable<void> erase_session(Exchange& x, const crypto::Id& id);
// A session that ends here without a file: upstream's own is cancelled, so that the name is free
// again, and the upload intent gets its outcome.
net::awaitable<void> end_session(Exchange& x, HeldSession& s, const std::string& status);

// Answers with JSON; the session is let go before the answer leaves, since the next fragment may
// come before we return.
net::awaitable<void> reply_json(Exchange& x, HeldSession& s, unsigned status,
                                std::string_view json);
// The same to a request whose body says nothing new: it is read and dropped.
net::awaitable<void> answer_without_reading(Exchange& x, HeldSession& s, unsigned status,
                                            std::string_view json);

}  // namespace kerros::io
