// What `kerros status` sees from this host beside what the store and the gateway say of themselves:
// certificates and their ends, room on disks, the way to the cloud.
//
// Thread safety: one thread.
#pragma once

#include "tools/questions.h"

namespace kerros::tools {

// Adds "certificates", "disks" and "cloud", and what is wrong with them to the problems and
// warnings. Without a gateway the cloud is not asked: nobody waits for it.
void look_around(const Config& config, Json& status);

}  // namespace kerros::tools
