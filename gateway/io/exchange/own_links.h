// Addresses in answers, as this exchange's client may have them.
//
// Thread safety: as the exchange.
#pragma once

#include <string>
#include <string_view>

#include "gateway/io/exchange/exchange.h"

namespace kerros::io {

// The host of an own URL that stands for `upstream_url`. At the Graph door that is its own name; on
// an intercepted host it is the one that the URL names, since clients look at hosts, as long as
// connections to it come here, and else the host that the client is talking to.
std::string own_host(const Exchange& x, std::string_view upstream_url);

// A link to Graph, which at the Graph door leads to our name. Everything else stays as it is.
std::string own_link(const Exchange& x, std::string_view url);

// Where an upstream URL leads in Graph's own words, "/v1.0/...", whichever host it names; empty
// when it leads elsewhere.
std::string graph_path_of(const Exchange& x, const UpstreamUrl& url);

// An own upload URL that a client hands back, taken apart; nullopt when it is none.
struct OwnUploadUrl {
  std::string host;        // as it was when the URL was made
  std::string_view token;  // within the URL
};
std::optional<OwnUploadUrl> parse_own_upload(const Exchange& x, std::string_view url);

}  // namespace kerros::io
