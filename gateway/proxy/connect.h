// What a client asks of the proxy door: a tunnel, or the file that tells browsers about the proxy.
//
// Source: RFC 9110 9.3.6 (CONNECT), RFC 9112 3.2.3 (authority form).
// Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/result.h"

namespace kerros::proxy {

struct Authority {
  std::string host;  // lower case, without a final dot; an IPv6 literal without its brackets
  std::uint16_t port = 0;
};

// "graph.microsoft.com:443", "[2001:db8::1]:443". The port must be there: a proxy that guesses it
// would connect elsewhere than the client checked. kMalformed otherwise.
Result<Authority> parse_authority(std::string_view target);

// The proxy auto-configuration file: connections to the patterns go through `proxy` ("host:port"),
// all others go directly. Patterns as in interception.h.
std::string pac_file(const std::vector<std::string>& patterns, std::string_view proxy);

}  // namespace kerros::proxy
