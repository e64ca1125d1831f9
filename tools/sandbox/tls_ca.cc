#include "tools/sandbox/tls_ca.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <ctime>
#include <stdexcept>
#include <string>

namespace kerros::sandbox {
namespace {

constexpr const char* kServerNames =
    "DNS:graph.microsoft.com,DNS:*.sharepoint.com,DNS:login.microsoftonline.com,DNS:localhost,"
    "DNS:graph.test,DNS:tenant.test,DNS:*.tenant.test,DNS:login.test,IP:127.0.0.1";

template <auto Free>
struct With {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, With<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, With<X509_free>>;
using Bio = std::unique_ptr<BIO, With<BIO_free>>;

void require(bool ok, const char* what) {
  if (!ok) throw std::runtime_error(std::string("certificates: cannot ") + what);
}

Key make_key() {
  Key key(EVP_EC_gen("P-256"));
  require(key != nullptr, "make a key");
  return key;
}

void extend(X509* certificate, X509* issuer, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value);
  require(extension != nullptr, "make an extension");
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

Certificate make_certificate(EVP_PKEY* key, const char* name, X509* issuer) {
  constexpr long kDay = 24 * 3600;
  Certificate certificate(X509_new());
  X509* x = certificate.get();
  X509_set_version(x, 2);
  ASN1_INTEGER_set_int64(X509_get_serialNumber(x), std::time(nullptr) * 2 + (issuer != nullptr));
  X509_gmtime_adj(X509_getm_notBefore(x), -kDay);
  X509_gmtime_adj(X509_getm_notAfter(x), 3650 * kDay);
  X509_set_pubkey(x, key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
  X509_set_issuer_name(x, X509_get_subject_name(issuer != nullptr ? issuer : x));
  return certificate;
}

void sign(X509* certificate, EVP_PKEY* key) {
  require(X509_sign(certificate, key, EVP_sha256()) != 0, "sign");
}

void save(const std::filesystem::path& path, X509* certificate, EVP_PKEY* key) {
  Bio out(BIO_new_file(path.c_str(), "w"));
  require(out != nullptr, "write a file");
  if (certificate != nullptr) PEM_write_bio_X509(out.get(), certificate);
  if (key != nullptr) {
    PEM_write_bio_PrivateKey(out.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  }
}

int choose_http11(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in,
                  unsigned in_size, void*) {
  static constexpr unsigned char kHttp11[] = "\x08http/1.1";
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_size, kHttp11, sizeof kHttp11 - 1, in, in_size) !=
      OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_NOACK;
  }
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

void ensure_certificates(const std::filesystem::path& dir) {
  namespace fs = std::filesystem;
  if (fs::exists(dir / "ca.pem") && fs::exists(dir / "server.key")) return;
  fs::create_directories(dir);

  const Key ca_key = make_key();
  const Certificate ca = make_certificate(ca_key.get(), "Sandbox cloud CA", nullptr);
  extend(ca.get(), ca.get(), NID_basic_constraints, "critical,CA:TRUE");
  extend(ca.get(), ca.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
  extend(ca.get(), ca.get(), NID_subject_key_identifier, "hash");
  sign(ca.get(), ca_key.get());

  const Key server_key = make_key();
  const Certificate server = make_certificate(server_key.get(), "Sandbox cloud", ca.get());
  extend(server.get(), ca.get(), NID_basic_constraints, "critical,CA:FALSE");
  extend(server.get(), ca.get(), NID_key_usage, "critical,digitalSignature");
  extend(server.get(), ca.get(), NID_ext_key_usage, "serverAuth");
  extend(server.get(), ca.get(), NID_authority_key_identifier, "keyid");
  extend(server.get(), ca.get(), NID_subject_alt_name, kServerNames);
  sign(server.get(), ca_key.get());

  // The CA's key is not kept: a new certificate means a new CA.
  save(dir / "server.pem", server.get(), nullptr);
  save(dir / "server.key", nullptr, server_key.get());
  save(dir / "ca.pem", ca.get(), nullptr);
  fs::permissions(dir / "server.key", fs::perms::owner_read | fs::perms::owner_write);
}

TlsContext make_server_context(const std::filesystem::path& dir) {
  TlsContext context(SSL_CTX_new(TLS_server_method()));
  SSL_CTX* c = context.get();
  require(c != nullptr, "make a context");
  SSL_CTX_set_min_proto_version(c, TLS1_2_VERSION);
  require(SSL_CTX_use_certificate_chain_file(c, (dir / "server.pem").c_str()) == 1,
          "read server.pem");
  require(SSL_CTX_use_PrivateKey_file(c, (dir / "server.key").c_str(), SSL_FILETYPE_PEM) == 1,
          "read server.key");
  SSL_CTX_set_alpn_select_cb(c, choose_http11, nullptr);
  return context;
}

}  // namespace kerros::sandbox
