// Ready means: a file really can be sealed and opened, the store and the log can be written.
//
// Thread safety: any thread; waits for the disk.
#pragma once

#include "gateway/config.h"
#include "gateway/installation.h"

namespace kerros::io {

Status check_ready(Installation& installation, const Config& config);

}  // namespace kerros::io
