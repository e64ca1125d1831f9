// The tenant hosts: download.aspx and upload sessions, by pre-authenticated URL alone.
//
// Thread safety: called by many threads.
#pragma once

#include "tools/sandbox/exchange.h"

namespace kerros::sandbox {

Reply serve_tenant(Exchange& exchange);

}  // namespace kerros::sandbox
