// A TCP connection to a host: where the configuration says, or to one of the addresses of its name.
//
// Thread safety: on the executor it is given. Errors: system_error; net::error::access_denied when
// the host has addresses and none of them may be connected to.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include "gateway/config.h"
#include "gateway/io/asio.h"

namespace kerros::io {

using MayConnect = std::function<bool(const net::ip::address&)>;

// The override of `config.connect` for the host, if there is one; nullptr otherwise.
const HostOverride* override_for(const Config::Upstream& config, std::string_view host);

// Tries the first eight addresses in the resolver's order, each with its own time limit.
// `may_connect` is asked for every address but an override's; empty: all. No delay is set on the
// socket. Names are resolved one after the other by a helper thread of the executor's context, or
// of that of `names`.
net::awaitable<net::ip::tcp::socket> dial(const net::any_io_executor& executor,
                                          const Config::Upstream& config, std::string host,
                                          std::uint16_t port, MayConnect may_connect = {},
                                          net::any_io_executor names = {});

// The same for an address that is known.
net::awaitable<net::ip::tcp::socket> dial_address(const net::any_io_executor& executor,
                                                  const Config::Upstream& config,
                                                  net::ip::tcp::endpoint endpoint);

}  // namespace kerros::io
