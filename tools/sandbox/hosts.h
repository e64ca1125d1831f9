// Which host names belong to which listener.
//
// Thread safety: pure but for the counter of strangers.
#pragma once

#include "tools/sandbox/exchange.h"

namespace kerros::sandbox {

enum class HostKind { kGraph, kTenant, kLogin };

bool host_belongs(std::string_view host, HostKind kind);
// Throws Refusal 421 when the Host header names something that lives elsewhere.
void require_host(Exchange& exchange, HostKind kind);

}  // namespace kerros::sandbox
