// The Graph host: who may speak, which handler answers.
//
// Thread safety: called by many threads.
#pragma once

#include "tools/sandbox/exchange.h"

namespace kerros::sandbox {

Reply serve_graph(Exchange& exchange);

}  // namespace kerros::sandbox
