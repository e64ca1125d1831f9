// The running gateway: its threads, its doors, its reloads and its end.
//
// Thread safety: run() is called once, from main; everything else happens inside.
// Lifetime: owns workers and doors; the installation outlives it.
#pragma once

#include <memory>
#include <string>

#include "gateway/config.h"
#include "gateway/installation.h"

namespace kerros::io {

// Serves until SIGTERM or SIGINT, then drains. Prints the ready line on stdout once it serves.
// The error says what could not be started.
Status run_gateway(const Config& config, Installation& installation);

}  // namespace kerros::io
