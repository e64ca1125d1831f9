// Ends upload sessions that nobody continued: upstream's session is cancelled, so that the name is
// free again, and the outcome is recorded.
#pragma once

#include "gateway/io/worker/worker.h"

namespace kerros::io {

// Runs as long as the executor does. Thread safety: one worker's thread.
net::awaitable<void> sweep_sessions(Worker& worker);

}  // namespace kerros::io
