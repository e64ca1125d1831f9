// The login host: the token endpoint and what clients ask before they use it.
//
// Thread safety: called by many threads.
#pragma once

#include "tools/sandbox/exchange.h"

namespace kerros::sandbox {

Reply serve_login(Exchange& exchange);

}  // namespace kerros::sandbox
