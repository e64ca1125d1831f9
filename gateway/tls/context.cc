#include "gateway/tls/context.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <utility>

#include "gateway/tls/error.h"
#include "gateway/tls/provider.h"

namespace kerros::tls {
namespace {

constexpr unsigned char kAlpn[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
constexpr long kSessionSeconds = 7200;  // bounds how long one ticket key matters

struct FreeOf {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(STACK_OF(X509) * chain) const { sk_X509_pop_free(chain, X509_free); }
};
using BioPtr = std::unique_ptr<BIO, FreeOf>;
using CertificatePtr = std::unique_ptr<X509, FreeOf>;
using KeyPtr = std::unique_ptr<EVP_PKEY, FreeOf>;
using ChainPtr = std::unique_ptr<STACK_OF(X509), FreeOf>;

// An encrypted key would make OpenSSL ask on the terminal; a server must not hang there.
int no_passphrase(char*, int, int, void*) { return 0; }

int select_alpn(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in,
                unsigned in_size, void*) {
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_size, kAlpn, sizeof kAlpn, in, in_size) !=
      OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

// The host stands in the SSL's application data, put there by the engine.
int store_session(SSL* ssl, SSL_SESSION* session) {
  auto* context = static_cast<Context*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
  const auto* host = static_cast<const std::string*>(SSL_get_app_data(ssl));
  if (host == nullptr) return 0;
  context->sessions().put(*host, Session(session));
  return 1;  // the reference is ours now
}

tl::unexpected<Error> refused(ErrorCode code, const std::string& what) {
  return fail(code, what + ": " + take_openssl_reason());
}

BioPtr reader_of(std::string_view text) {
  return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

}  // namespace

void Context::Free::operator()(ssl_ctx_st* context) const { SSL_CTX_free(context); }

Context::Context(bool is_server)
    : is_server_(is_server),
      native_(SSL_CTX_new_ex(nullptr, provider_runs() ? kProperties : nullptr,
                             is_server ? TLS_server_method() : TLS_client_method())) {}

Result<std::shared_ptr<Context>> Context::make(bool is_server) {
  ERR_clear_error();
  std::shared_ptr<Context> made(new Context(is_server));
  if (auto ok = made->configure(); !ok) return tl::unexpected(ok.error());
  return made;
}

Status Context::configure() {
  SSL_CTX* ctx = native_.get();
  if (ctx == nullptr) return refused(ErrorCode::kUnavailable, "TLS cannot be set up");
  SSL_CTX_set_app_data(ctx, this);
  SSL_CTX_set_security_level(ctx, 2);
  SSL_CTX_set_options(ctx, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                               SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  // A 17 KiB buffer per direction is given back by an idle connection; the stream switches this
  // off while a bulk body flows.
  SSL_CTX_set_mode(ctx, SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_read_ahead(ctx, 0);  // records are read from memory, looking ahead only copies
  SSL_CTX_set_default_passwd_cb(ctx, no_passphrase);
  SSL_CTX_set_timeout(ctx, kSessionSeconds);
  const bool ok = SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) == 1 &&
                  SSL_CTX_set_max_proto_version(ctx, TLS1_3_VERSION) == 1 &&
                  SSL_CTX_set_cipher_list(ctx, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1;
  if (!ok) return refused(ErrorCode::kUnavailable, "TLS cannot be set up");
  keep_sessions();
  return {};
}

void Context::keep_sessions() {
  SSL_CTX* ctx = native_.get();
  if (is_server_) {  // stateless: the ticket carries the session
    static constexpr unsigned char kId[] = "kerros";
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_session_id_context(ctx, kId, sizeof kId - 1);
    SSL_CTX_set_alpn_select_cb(ctx, select_alpn, nullptr);
    return;
  }
  SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(ctx, store_session);
  SSL_CTX_set_alpn_protos(ctx, kAlpn, sizeof kAlpn);
  SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, nullptr);
}

Result<std::shared_ptr<Context>> Context::server(const Server& files) {
  auto made = make(true);
  if (!made) return made;
  SSL_CTX* ctx = (*made)->native();
  if (SSL_CTX_use_certificate_chain_file(ctx, files.certificate_chain_file.c_str()) != 1)
    return refused(ErrorCode::kUnavailable,
                   files.certificate_chain_file + ": no certificate chain in PEM form");
  if (SSL_CTX_use_PrivateKey_file(ctx, files.private_key_file.c_str(), SSL_FILETYPE_PEM) != 1)
    return refused(ErrorCode::kUnavailable,
                   files.private_key_file + ": not the unencrypted private key in PEM form of " +
                       files.certificate_chain_file);
  return made;
}

Result<std::shared_ptr<Context>> Context::server_from_pem(std::string_view chain,
                                                          std::string_view key) {
  auto made = make(true);
  if (!made) return made;
  const BioPtr chain_bio = reader_of(chain);
  const CertificatePtr own(PEM_read_bio_X509(chain_bio.get(), nullptr, no_passphrase, nullptr));
  if (!own) return refused(ErrorCode::kMalformed, "no certificate in PEM form");
  const ChainPtr others(sk_X509_new_null());
  while (X509* next = PEM_read_bio_X509(chain_bio.get(), nullptr, no_passphrase, nullptr))
    sk_X509_push(others.get(), next);
  ERR_clear_error();  // the end of the text is no error
  const BioPtr key_bio = reader_of(key);
  const KeyPtr secret(PEM_read_bio_PrivateKey(key_bio.get(), nullptr, no_passphrase, nullptr));
  if (!secret) return refused(ErrorCode::kMalformed, "no unencrypted private key in PEM form");
  if (SSL_CTX_use_cert_and_key((*made)->native(), own.get(), secret.get(), others.get(), 1) != 1)
    return refused(ErrorCode::kConflict, "certificate and key do not belong together");
  return made;
}

Result<std::shared_ptr<Context>> Context::server(const Certificate& own,
                                                 const Certificate& issuer) {
  auto made = make(true);
  if (!made) return made;
  SSL_CTX* ctx = (*made)->native();
  if (SSL_CTX_use_cert_and_key(ctx, own.certificate(), own.key(), nullptr, 1) != 1)
    return refused(ErrorCode::kConflict, "certificate and key do not belong together");
  for (const auto& link : issuer.chain())
    if (SSL_CTX_add1_chain_cert(ctx, link.get()) != 1)
      return refused(ErrorCode::kUnavailable, "the issuer's chain cannot be used");
  return made;
}

Result<std::shared_ptr<Context>> Context::client(const Client& files) {
  auto made = make(false);
  if (!made) return made;
  SSL_CTX* ctx = (*made)->native();
  if (files.ca_file.empty()) {
    if (SSL_CTX_set_default_verify_paths(ctx) != 1)
      return refused(ErrorCode::kUnavailable, "the system's certificate store cannot be read");
  } else if (SSL_CTX_load_verify_file(ctx, files.ca_file.c_str()) != 1) {
    return refused(ErrorCode::kUnavailable, files.ca_file + ": no CA certificates in PEM form");
  }
  return made;
}

}  // namespace kerros::tls
