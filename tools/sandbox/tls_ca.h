// The sandbox's own certificate authority and the one server certificate under it.
//
// Made at the first start in DIR/tls: ca.pem (what a client trusts), server.pem and server.key.
// Thread safety: the context may be shared by all connections.
#pragma once

#include <openssl/ssl.h>

#include <filesystem>
#include <memory>

namespace kerros::sandbox {

struct TlsContextFree {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using TlsContext = std::unique_ptr<SSL_CTX, TlsContextFree>;

void ensure_certificates(const std::filesystem::path& dir);

// TLS 1.2 and later, HTTP/1.1 only.
TlsContext make_server_context(const std::filesystem::path& dir);

}  // namespace kerros::sandbox
