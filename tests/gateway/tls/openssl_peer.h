// The other end of an Engine, made of OpenSSL as anybody would use it, over memory.
//
// Thread safety: one thread. Lifetime: owns its SSL.
#pragma once

#include <openssl/bio.h>
#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "gateway/tls/engine.h"
#include "tests/gateway/tls/wiring.h"

namespace kerros::tls::testing {

class OpensslPeer {
 public:
  enum class Role { kClient, kServer };  // a client trusts anyone; a server has our certificate
  OpensslPeer(Role role, int lowest_version, int highest_version);

  SSL* ssl() { return ssl_.get(); }
  int handshake() { return SSL_do_handshake(ssl()); }
  void write(const Bytes& bytes);
  Bytes read();  // all there is

  Bytes take_output();  // what it wants to send
  void give(const Bytes& bytes);

 private:
  struct Free {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };
  std::unique_ptr<SSL_CTX, Free> context_;
  std::unique_ptr<SSL, Free> ssl_;
};

void feed(Engine& engine, std::span<const std::uint8_t> bytes);  // room must be there
Bytes take_output(Engine& engine);
void exchange(Engine& engine, OpensslPeer& peer);         // whatever both have to send, once
Progress shake_hands(Engine& engine, OpensslPeer& peer);  // the engine's last word

}  // namespace kerros::tls::testing
