// The tenant hosts: pages and upload sessions by pre-authenticated URL alone, below _api/v2.0 and
// _api/v2.1 the tree of resources that Graph shows, and everywhere else the older interfaces
// (office_call.h).
//
// Thread safety: called by many threads.
#pragma once

#include "tools/sandbox/exchange.h"

namespace kerros::sandbox {

Reply serve_tenant(Exchange& exchange);

}  // namespace kerros::sandbox
