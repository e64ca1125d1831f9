// The side that a connection shows its client: which door it came through and as which host.
//
// At the Graph door the gateway stands under a name of its own, and answers lead there. A host
// whose connection is opened on the way keeps its name: links in its answers stay as they are, and
// only what would lead past the gateway, URLs that need no token, becomes ours.
//
// Thread safety: immutable. Lifetime: made by whoever accepted the connection and outlives its
// exchanges; those inside a batch have the front of the one they came in.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/config.h"
#include "gateway/sharepoint/hosts.h"

namespace kerros::io {

struct Front {
  enum class Door : std::uint8_t { kGraph, kIntercepted };

  Door door = Door::kGraph;
  sharepoint::HostKind kind = sharepoint::HostKind::kGraph;  // what is spoken behind it
  std::string public_host;    // as clients name it: "localhost:8443", "contoso.sharepoint.com"
  std::string upstream_host;  // where requests go
  bool was_misnamed = false;  // TLS was asked for another host than this connection is for

  bool is_intercepted() const { return door == Door::kIntercepted; }

  static Front graph_door(const Config& config);
  // For a DNS name in lower case, without a final dot.
  static Front intercepted(const Config& config, std::string host);
};

// Whether a Host field or the authority of a target names this front; port 443 may be said.
bool names(const Front& front, std::string_view authority);

}  // namespace kerros::io
