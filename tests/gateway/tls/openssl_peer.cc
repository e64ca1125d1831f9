#include "tests/gateway/tls/openssl_peer.h"

#include <openssl/err.h>

#include <algorithm>
#include <stdexcept>

namespace kerros::tls::testing {

OpensslPeer::OpensslPeer(Role role, int lowest_version, int highest_version)
    : context_(SSL_CTX_new(TLS_method())) {
  SSL_CTX* context = context_.get();
  SSL_CTX_set_cipher_list(context, "ALL:@SECLEVEL=0");  // or it would not offer TLS 1.1 itself
  SSL_CTX_set_min_proto_version(context, lowest_version);
  SSL_CTX_set_max_proto_version(context, highest_version);
  if (role == Role::kServer) {
    SSL_CTX_use_certificate_chain_file(context, certificates().chain_file().c_str());
    SSL_CTX_use_PrivateKey_file(context, certificates().key_file().c_str(), SSL_FILETYPE_PEM);
  }
  ssl_.reset(SSL_new(context));
  SSL_set_bio(ssl(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  if (role == Role::kServer)
    SSL_set_accept_state(ssl());
  else
    SSL_set_connect_state(ssl());
}

void OpensslPeer::write(const Bytes& bytes) {
  std::size_t put = 0;
  if (SSL_write_ex(ssl(), bytes.data(), bytes.size(), &put) != 1 || put != bytes.size())
    throw std::runtime_error("the peer cannot write");
}

Bytes OpensslPeer::read() {
  Bytes all;
  Bytes piece(16'384);
  std::size_t got = 0;
  while (SSL_read_ex(ssl(), piece.data(), piece.size(), &got) == 1)
    all.insert(all.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(got));
  ERR_clear_error();
  return all;
}

Bytes OpensslPeer::take_output() {
  Bytes all(BIO_ctrl_pending(SSL_get_wbio(ssl())));
  if (!all.empty()) BIO_read(SSL_get_wbio(ssl()), all.data(), static_cast<int>(all.size()));
  return all;
}

void OpensslPeer::give(const Bytes& bytes) {
  if (!bytes.empty()) BIO_write(SSL_get_rbio(ssl()), bytes.data(), static_cast<int>(bytes.size()));
}

void feed(Engine& engine, std::span<const std::uint8_t> bytes) {
  if (bytes.empty()) return;
  if (engine.wire().in_pending() > 0) throw std::runtime_error("the wire is not read empty");
  const auto room = engine.wire().in_room();
  if (bytes.size() > room.size()) throw std::runtime_error("more than the wire takes at once");
  std::copy(bytes.begin(), bytes.end(), room.begin());
  engine.wire().in_filled(bytes.size());
}

Bytes take_output(Engine& engine) {
  const auto pending = engine.wire().out_pending();
  Bytes all(pending.begin(), pending.end());
  engine.wire().out_sent(all.size());
  return all;
}

void exchange(Engine& engine, OpensslPeer& peer) {
  peer.give(take_output(engine));
  feed(engine, peer.take_output());
}

Progress shake_hands(Engine& engine, OpensslPeer& peer) {
  Progress progress = Progress::kNeedsInput;
  for (int round = 0; round < 6 && progress != Progress::kFailed; ++round) {
    peer.handshake();
    ERR_clear_error();
    feed(engine, peer.take_output());
    progress = engine.handshake();
    peer.give(take_output(engine));
    if (progress == Progress::kDone && SSL_is_init_finished(peer.ssl())) break;
  }
  std::uint8_t nothing = 0;  // a client's tickets come after its handshake and are read like data
  if (engine.wire().in_pending() > 0) engine.read({&nothing, 1});
  return progress;
}

}  // namespace kerros::tls::testing
