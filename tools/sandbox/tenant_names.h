// The names that the tenant hosts give to what Graph calls otherwise.
//
// Thread safety: pure functions.
#pragma once

#include "tools/sandbox/exchange.h"

namespace kerros::sandbox {

Json with_tenant_names(const Json& value);  // at any depth, order kept
void use_tenant_names(Reply& reply);        // when its body is JSON

}  // namespace kerros::sandbox
