// The control endpoint: what tests see of the cloud, and what they do to it behind everyone's back.
//
//   GET /state      POST /items     {drive, path, bytes|file, user}
//   GET /log?since  DELETE /log     GET /counters
//   GET /switches   POST /switches  DELETE /switches
//   POST /tamper    {drive, item, op, ...; update_metadata, new_version}
//   POST /clock     {offset_ms}
//
// Thread safety: called by many threads.
#pragma once

#include "tools/sandbox/exchange.h"

namespace kerros::sandbox {

Reply serve_control(Exchange& exchange);

}  // namespace kerros::sandbox
