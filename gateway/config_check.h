// What must hold between the values of a configuration, beyond each being well written.
//
// Thread safety: pure function.
#pragma once

#include "gateway/config.h"

namespace kerros::config {

// kMalformed names the first key whose value cannot work, with what, why and what to do.
Status check(const Config& config);

}  // namespace kerros::config
