// What every request has in the log: an id of ours, and one line at its end.
#pragma once

#include <string>

#include "gateway/io/exchange/exchange.h"

namespace kerros::io {

std::string new_request_id();  // a UUID

// Route patterns instead of targets, since names and tokens are in those.
void log_request(const Exchange& x);

}  // namespace kerros::io
