// Monitors of long operations: URLs of ours in front of upstream's, which need no token.
//
// Thread safety: one coroutine.
#pragma once

#include <string>
#include <string_view>

#include "gateway/io/exchange/exchange.h"

namespace kerros::io {

// What a client is given instead of an URL that upstream gave in answer to a copy: a monitor of
// ours, or the same resource at the gateway; empty for a host that clients are not led to.
std::string monitor_link(const Exchange& x, std::string_view url,
                         const transfer::MonitorGrant& grant);
// Sets it, or takes the field out.
void set_location(graph::Fields& fields, const std::string& url);

}  // namespace kerros::io
