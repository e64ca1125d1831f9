// Reading the configuration again while the gateway runs.
//
// A whole new snapshot or the old one with the reason: never half of either, and never one that the
// log does not know of.
//
// Thread safety: the main thread. Lifetime: within the installation.
#pragma once

#include "gateway/installation.h"
#include "gateway/io/snapshot.h"

namespace kerros::io {

// `port` replaces port 0 in the public name. What was refused is told in the log.
void reload(Snapshots& snapshots, Installation& installation, std::uint16_t port);

// With port 0 the kernel's choice belongs into the public name, which own URLs are made of.
Config with_port(Config config, std::uint16_t port);

// What the process itself does: its start, its end, its reloads.
audit::Record process_record(audit::Event event, std::string_view target, std::string status);

}  // namespace kerros::io
