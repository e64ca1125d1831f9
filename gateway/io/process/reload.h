// Reading the configuration again while the gateway runs.
//
// A whole new snapshot or the old one with the reason: never half of either, and never one that the
// log does not know of.
//
// Thread safety: the main thread. Lifetime: within the installation.
#pragma once

#include "gateway/installation.h"
#include "gateway/io/worker/snapshot.h"

namespace kerros::io {

// Ports that the kernel chose; 0 where there was nothing to choose.
struct BoundPorts {
  std::uint16_t graph = 0;
  std::uint16_t proxy = 0;
};

// What was refused is told in the log. Keys marked (restart) keep their value, the addresses of the
// doors among them; what is said about doors otherwise (certificates, hosts, users, networks) is so
// for the next connection.
void reload(Snapshots& snapshots, Installation& installation, const BoundPorts& ports);

// With port 0 the kernel's choice belongs into the public name, which own URLs are made of, and
// into the address that the PAC file names.
Config with_ports(Config config, const BoundPorts& ports);

// What the process itself does: its start, its end, its reloads.
audit::Record process_record(audit::Event event, std::string_view target, std::string status);

}  // namespace kerros::io
