// What all connections of one kind share: versions, ciphers, certificates, sessions to resume.
//
// Fixed for every context: TLS 1.2 at least and 1.3 where the peer can, AEAD ciphers with forward
// secrecy only, ALPN http/1.1 (a peer that offers only other protocols is refused), no
// renegotiation, no compression, no early data. A client context always verifies the peer's chain
// and its host name; there is no switch to leave that out.
//
// Thread safety: immutable after construction but for its sessions, which are locked.
// Lifetime: shared by its streams, which keep it alive across a reload.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "crypto/result.h"
#include "gateway/tls/certificate.h"
#include "gateway/tls/session_store.h"

struct ssl_ctx_st;

namespace kerros::tls {

class Context {
 public:
  struct Server {
    std::string certificate_chain_file;  // PEM, the server's own certificate first
    std::string private_key_file;        // PEM, not encrypted
  };
  struct Client {
    std::string ca_file;  // PEM; empty: the system's store
  };

  // Errors name the file, what it was to be, and why it will not do.
  static Result<std::shared_ptr<Context>> server(const Server& files);
  static Result<std::shared_ptr<Context>> server_from_pem(std::string_view chain,
                                                          std::string_view key);
  // A certificate made in this process, with what leads from its issuer to a root.
  static Result<std::shared_ptr<Context>> server(const Certificate& own, const Certificate& issuer);
  static Result<std::shared_ptr<Context>> client(const Client& files);

  bool is_server() const { return is_server_; }
  SessionStore& sessions() { return sessions_; }
  ssl_ctx_st* native() { return native_.get(); }

 private:
  struct Free {
    void operator()(ssl_ctx_st* context) const;
  };

  explicit Context(bool is_server);
  static Result<std::shared_ptr<Context>> make(bool is_server);
  Status configure();
  void keep_sessions();

  const bool is_server_;
  SessionStore sessions_;  // outlives native_, whose callback fills it
  std::unique_ptr<ssl_ctx_st, Free> native_;
};

}  // namespace kerros::tls
