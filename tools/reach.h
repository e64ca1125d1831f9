// A host of the cloud, reached as the gateway reaches it: upstream.connect and upstream.ca_file of
// the configuration hold.
//
// Thread safety: one thread. Whoever uses it ignores SIGPIPE.
#pragma once

#include "gateway/config.h"
#include "tools/probe.h"

namespace kerros::tools {

// The address given for it instead of its own, if any.
const HostOverride* override_for(const Config& config, const std::string& host);

// Over TLS, its certificate verified. kUnavailable or kNotAuthentic with the reason.
Result<Probe> reach(const Config& config, const std::string& host, std::chrono::milliseconds limit);

}  // namespace kerros::tools
