// What the provider must have shown before it carries a connection: the same records as OpenSSL's.
//
// Thread safety: any thread; the provider must be loaded.
#pragma once

#include "crypto/result.h"

namespace kerros::tls {

// One known answer, then 10,000 random records of both versions' kinds, both key sizes, sealed by
// one and opened by the other. kUnavailable when they differ.
Status test_provider();

}  // namespace kerros::tls
