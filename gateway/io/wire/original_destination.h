// Where a redirected connection was going before the network sent it here.
//
// Source: netfilter's SO_ORIGINAL_DST for IPv4 and IPv6.
// Thread safety: pure functions over one socket.
#pragma once

#include <optional>

#include "gateway/io/asio.h"

namespace kerros::io {

// nullopt: nobody redirected it.
std::optional<net::ip::tcp::endpoint> original_destination(net::ip::tcp::socket& socket);

// Whether an address is one of this host's. A connection from one could be our own, sent back to
// us by a rule that is too wide, and one to it would come here again.
bool is_own_address(const net::ip::address& address);

}  // namespace kerros::io
