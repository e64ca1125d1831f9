// AES-GCM of TLS records out of libipsec-mb: an OpenSSL provider within this process.
//
// Made of OpenSSL 3's public provider interface, for TLS 1.2 and 1.3. Everything else stays with
// OpenSSL's own ciphers, and so does AES-GCM wherever kProperties is not asked for.
//
// Thread safety: start_provider() is called once, before the first context that shall use it; what
// it registers may be used from any thread.
// Lifetime: the provider stays until the process ends.
#pragma once

#include "crypto/result.h"

namespace kerros::tls {

// For SSL_CTX_new_ex and EVP_CIPHER_fetch: ours where it exists, else whose it is.
inline constexpr const char* kProperties = "?provider=kerros";

// Loads the library and registers the provider, after the records of self-tests came out as
// OpenSSL's own. kUnavailable says why not; OpenSSL's ciphers then go on to serve.
Status start_provider();

bool provider_runs();

}  // namespace kerros::tls
