// What the proxy does with a connection to a host: opens it, passes it blindly, or refuses it.
//
// Hosts on the interception list are terminated here, because content crosses there; every other
// host is tunnelled and never decrypted. Tunnels are for the public internet on the HTTPS port:
// a proxy that connects anywhere would let a workstation, or a page in its browser, reach what only
// this host can reach.
//
// Thread safety: immutable after it is made. Lifetime: owns its strings.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/proxy/network.h"

namespace kerros::proxy {

struct Rules {
  std::vector<std::string> intercept;  // names and "*." patterns
  std::vector<std::string> exempt;     // hosts that may lead to private addresses and other ports
  std::vector<std::uint16_t> ports = {443};
};

enum class Way : std::uint8_t { kTerminate, kTunnel, kRefuse };
struct Decision {
  Way way = Way::kRefuse;
  std::string_view reason;  // one sentence for the client and the log; empty unless refused
};

// For "host:port" of a CONNECT, or the server name of a redirected connection and its port.
// Case of `host` does not matter.
Decision decide(const Rules& rules, std::string_view host, std::uint16_t port);

// For a redirected connection that names no host: its port alone decides.
Decision decide_unnamed(const Rules& rules, std::uint16_t port);

// For an address that a tunnelled host resolved to; asked for every address before connecting.
bool may_connect(const Rules& rules, std::string_view host, const Address& address);

}  // namespace kerros::proxy
