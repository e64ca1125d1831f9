#include "gateway/tls/engine.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <new>
#include <utility>

namespace kerros::tls {
namespace {

constexpr std::size_t kRecord = 16 * 1024;  // RFC 8446 5.1: the most plaintext of one record
// What may surround a record's plaintext: header, nonce, content type and tag (29 bytes with the
// ciphers we allow), and the KeyUpdate with which OpenSSL may answer in front of it.
constexpr std::size_t kSlack = 256;
// A rest of the send buffer smaller than this is left empty instead of making tiny records.
constexpr std::size_t kWorthwhile = 1024;

}  // namespace

void Engine::Free::operator()(ssl_st* ssl) const { SSL_free(ssl); }

Engine::Engine(std::shared_ptr<Context> context, BufferPool& pool)
    : context_(std::move(context)), wire_(pool), ssl_(SSL_new(context_->native())) {
  if (!ssl_) throw std::bad_alloc();
  BIO* bio = make_bio(wire_);
  SSL_set_bio(ssl_.get(), bio, bio);  // takes the one reference for both directions
  if (context_->is_server())
    SSL_set_accept_state(ssl_.get());
  else
    SSL_set_connect_state(ssl_.get());
}

// OpenSSL spoils the session of a connection freed without close_notify, a rule that TLS 1.1 gave
// up; a connection that never failed leaves its session good to resume.
Engine::~Engine() {
  if (ready_ && !error_) SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

void Engine::bulk(bool on) {
  if (on == wire_.is_bulk()) return;
  wire_.bulk(on);
  if (on)
    SSL_clear_mode(ssl_.get(), SSL_MODE_RELEASE_BUFFERS);
  else
    SSL_set_mode(ssl_.get(), SSL_MODE_RELEASE_BUFFERS);
  if (!on) SSL_free_buffers(ssl_.get());  // does nothing while a record is half read
}

Progress Engine::expect_host(const std::string& host) {
  ERR_clear_error();
  host_ = host;
  SSL* ssl = ssl_.get();
  SSL_set_app_data(ssl, &host_);
  SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  if (host.empty()) return failed();  // OpenSSL would take it as: any host will do
  X509_VERIFY_PARAM* rules = SSL_get0_param(ssl);
  if (X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str()) != 1) {
    ERR_clear_error();
    const bool named = X509_VERIFY_PARAM_set1_host(rules, host.data(), host.size()) == 1 &&
                       SSL_set_tlsext_host_name(ssl, host.c_str()) == 1;
    if (!named) return failed();
  }
  if (const Session session = context_->sessions().take(host_)) SSL_set_session(ssl, session.get());
  return Progress::kDone;
}

Progress Engine::handshake() {
  if (error_) return Progress::kFailed;
  if (!context_->is_server() && host_.empty()) return failed();  // whom would it verify?
  ERR_clear_error();
  const Progress progress = outcome(SSL_do_handshake(ssl_.get()));
  if (progress == Progress::kDone) ready_ = true;
  return progress == Progress::kEnd ? failed() : progress;
}

Step Engine::read(std::span<std::uint8_t> into) {
  if (error_) return {Progress::kFailed};
  if (!ready_) return {failed()};
  std::size_t total = 0;
  while (total < into.size()) {
    const bool more_at_hand = wire_.in_pending() > 0 || SSL_pending(ssl_.get()) > 0;
    if (total > 0 && !more_at_hand) break;
    std::size_t got = 0;
    ERR_clear_error();
    const int returned = SSL_read_ex(ssl_.get(), into.data() + total, into.size() - total, &got);
    total += got;
    if (returned == 1) continue;
    const Progress progress = outcome(returned);
    if (total > 0) break;  // the plaintext first; an end or an error shows again at the next call
    return {progress};
  }
  return {Progress::kDone, total};
}

Step Engine::write(std::span<const std::uint8_t> from) {
  if (error_) return {Progress::kFailed};
  if (!ready_) return {failed()};
  std::size_t total = 0;
  while (total < from.size()) {
    // A record is begun only when it fits whole, so that none is ever left half sent in OpenSSL,
    // where a read in between could trip over it.
    const std::size_t rest = std::min(from.size() - total, kRecord);
    const std::size_t room = wire_.out_room();
    if (room < kSlack + std::min(rest, kWorthwhile)) break;
    std::size_t put = 0;
    ERR_clear_error();
    const int returned =
        SSL_write_ex(ssl_.get(), from.data() + total, std::min(rest, room - kSlack), &put);
    total += put;
    if (returned == 1) continue;
    const Progress progress = outcome(returned);
    if (progress == Progress::kFailed) return {progress};
    break;
  }
  return total > 0 ? Step{Progress::kDone, total} : Step{Progress::kNeedsOutput};
}

Progress Engine::close() {
  if (error_) return Progress::kFailed;
  if (!ready_) return Progress::kDone;  // there is nothing yet to end cleanly
  ERR_clear_error();
  const int returned = SSL_shutdown(ssl_.get());
  return returned >= 0 ? Progress::kDone : outcome(returned);
}

Progress Engine::outcome(int returned) {
  switch (SSL_get_error(ssl_.get(), returned)) {
    case SSL_ERROR_NONE:
      return Progress::kDone;
    case SSL_ERROR_WANT_READ:
      return Progress::kNeedsInput;
    case SSL_ERROR_WANT_WRITE:
      return Progress::kNeedsOutput;
    case SSL_ERROR_ZERO_RETURN:
      return Progress::kEnd;
    default:
      return failed();
  }
}

Progress Engine::failed() {
  const long verdict = SSL_get_verify_result(ssl_.get());
  if (wire_.has_ended() && wire_.in_pending() == 0) {
    error_ = Errc::kTruncated;
    failure_ = error_.message();
  } else if (verdict != X509_V_OK) {
    error_ = Errc::kUntrusted;
    failure_ = X509_verify_cert_error_string(verdict);
  } else {
    error_ = Errc::kProtocol;
    failure_ = take_openssl_reason();
  }
  ERR_clear_error();
  return Progress::kFailed;
}

bool Engine::resumed() const { return SSL_session_reused(ssl_.get()) == 1; }

std::string_view Engine::alpn() const {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl_.get(), &name, &size);
  return {reinterpret_cast<const char*>(name), size};
}

std::string_view Engine::server_name() const {
  const char* name = SSL_get_servername(ssl_.get(), TLSEXT_NAMETYPE_host_name);
  return name == nullptr ? std::string_view() : std::string_view(name);
}

std::string_view Engine::cipher() const { return SSL_get_cipher_name(ssl_.get()); }
std::string_view Engine::version() const { return SSL_get_version(ssl_.get()); }

}  // namespace kerros::tls
