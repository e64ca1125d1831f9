// The tenant hosts: pages and upload sessions by pre-authenticated URL alone, and below _api/v2.0
// and _api/v2.1 the tree of resources that Graph shows.
//
// Thread safety: called by many threads.
#pragma once

#include "tools/sandbox/exchange.h"

namespace kerros::sandbox {

Reply serve_tenant(Exchange& exchange);

}  // namespace kerros::sandbox
