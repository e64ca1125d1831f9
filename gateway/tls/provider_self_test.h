// What the provider must have shown before it carries a connection: the same records as OpenSSL's.
//
// Thread safety: any thread; the provider must be loaded.
#pragma once

#include "crypto/result.h"

namespace kerros::tls {

// One known answer, then 10,000 random records as TLS 1.3 handles them and as many whole ones of
// TLS 1.2, both key sizes: sealed by one and opened by the other, refused by ours when an octet of
// them was changed, and the same after a context was copied. kUnavailable when they differ.
Status test_provider();

}  // namespace kerros::tls
