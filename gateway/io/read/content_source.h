// Upstream's content stream of one item: from /content with its redirect, or from a URL we keep.
//
// Thread safety: one coroutine. Errors: Relayed for upstream's refusals (401, 404, 416 ...),
// Refused(kUpstreamMalformed) for redirects to hosts that are not allowed.
#pragma once

#include <optional>
#include <string>

#include "gateway/graph/range.h"
#include "gateway/io/exchange/exchange.h"

namespace kerros::io {

struct ContentAsk {
  std::string target;  // ".../content?..." at Graph; empty: `url` is asked
  std::optional<UpstreamUrl> url;
  std::optional<graph::ByteRange> range;  // of the stored bytes
  bool conditional = false;               // the client's If-None-Match and If-Match go along
  bool client_range = false;  // its Range and If-Range as well: the bytes are passed as they are
};

// The answer with its body unread: 200 or 206, or 304 when conditional.
net::awaitable<Upstream::Response> open_content(Exchange& x, const ContentAsk& ask);

// The pre-authenticated URL that upstream sends this caller to for the content it asks for; proves
// the caller. An upstream that sends the bytes themselves is Refused(kUpstreamMalformed).
net::awaitable<std::string> content_redirect(Exchange& x);

}  // namespace kerros::io
