// Asks the running gateway: HTTP over its Unix socket.
//
// Thread safety: one thread.
#pragma once

#include <string>

#include "gateway/admin/operations.h"

namespace kerros::tools {

// False when nobody listens there; kUnavailable when somebody might but we may not ask.
Result<bool> gateway_answers(const std::string& socket);

// kUnavailable when the gateway goes away or stays silent for a minute.
Result<admin::Answer> send_request(const std::string& socket, const admin::Request& request);

}  // namespace kerros::tools
