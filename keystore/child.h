// Work that may crash or hang, done in a forked child; its answer comes back through a pipe.
//
// The child gets a copy of this process with the calling thread alone: call before other threads
// hold locks the work needs, in practice at start. It dumps no core and dies with its parent.
//
// Thread safety: one thread, at start.
#pragma once

#include <chrono>
#include <functional>
#include <string_view>

#include "crypto/bytes.h"
#include "crypto/result.h"

namespace kerros::keystore {

// `what` begins the error's text when the child ends by a signal or at the limit: kNotAuthentic,
// since only damaged files make the work behave so.
Result<Bytes> run_in_child(std::string_view what, std::chrono::seconds limit,
                           const std::function<Result<Bytes>()>& work);

}  // namespace kerros::keystore
