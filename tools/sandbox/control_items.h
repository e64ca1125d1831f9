// The part of the control endpoint that looks at items and changes them.
//
// Thread safety: takes the store's lock itself.
#pragma once

#include "tools/sandbox/exchange.h"

namespace kerros::sandbox {

Reply control_state(Exchange& exchange);
Reply control_plant(Exchange& exchange);
Reply control_tamper(Exchange& exchange);

}  // namespace kerros::sandbox
