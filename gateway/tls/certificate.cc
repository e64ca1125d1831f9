#include "gateway/tls/certificate.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <string_view>
#include <utility>

#include "gateway/tls/certificate_info.h"
#include "gateway/tls/error.h"

namespace kerros::tls {
namespace {

// Clocks of clients differ; a certificate made a moment ago should hold on all of them.
constexpr long kBackdateSeconds = 3600;

struct FreeOf {
  void operator()(ASN1_OCTET_STRING* text) const { ASN1_OCTET_STRING_free(text); }
  void operator()(BIGNUM* number) const { BN_free(number); }
  void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
  void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
};
template <typename T>
using Owned = std::unique_ptr<T, FreeOf>;

tl::unexpected<Error> refused(const std::string& what) {
  return fail(ErrorCode::kUnavailable, what + ": " + take_openssl_reason());
}

// RFC 5280 4.1.2.2: positive, at most 20 octets. 159 random bits need no register of numbers.
bool set_serial(X509* certificate) {
  const Owned<BIGNUM> serial(BN_new());
  return serial && BN_rand(serial.get(), 159, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
         BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool set_subject(X509* certificate, const std::string& name) {
  const auto* text = reinterpret_cast<const unsigned char*>(name.data());
  return X509_NAME_add_entry_by_NID(X509_get_subject_name(certificate), NID_commonName,
                                    MBSTRING_UTF8, const_cast<unsigned char*>(text),
                                    static_cast<int>(name.size()), -1, 0) == 1;
}

bool set_life(X509* certificate, std::chrono::seconds life) {
  return X509_gmtime_adj(X509_getm_notBefore(certificate), -kBackdateSeconds) != nullptr &&
         X509_gmtime_adj(X509_getm_notAfter(certificate), life.count() - kBackdateSeconds) !=
             nullptr;
}

// Only for values written here: hosts go through set_hosts, which no comma can break out of.
bool add_extension(X509* certificate, X509* issuer, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Owned<X509_EXTENSION> made(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
  return made && X509_add_ext(certificate, made.get(), -1) == 1;
}

bool is_dns_name(std::string_view host) {
  if (host.starts_with("*.")) host.remove_prefix(2);
  if (host.empty() || host.size() > 253 || host.front() == '.' || host.back() == '.') return false;
  for (const char c : host) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!letter && !(c >= '0' && c <= '9') && c != '-' && c != '.') return false;
  }
  return host.find("..") == std::string_view::npos;
}

GENERAL_NAME* name_of(const std::string& host) {
  GENERAL_NAME* made = GENERAL_NAME_new();
  if (made == nullptr) return nullptr;
  if (ASN1_OCTET_STRING* address = a2i_IPADDRESS(host.c_str())) {
    GENERAL_NAME_set0_value(made, GEN_IPADD, address);
    return made;
  }
  ERR_clear_error();
  ASN1_IA5STRING* text = is_dns_name(host) ? ASN1_IA5STRING_new() : nullptr;
  if (text != nullptr && ASN1_STRING_set(text, host.data(), static_cast<int>(host.size())) == 1) {
    GENERAL_NAME_set0_value(made, GEN_DNS, text);
    return made;
  }
  ASN1_IA5STRING_free(text);
  GENERAL_NAME_free(made);
  return nullptr;
}

Status set_hosts(X509* certificate, const std::vector<std::string>& hosts) {
  const Owned<GENERAL_NAMES> names(GENERAL_NAMES_new());
  if (hosts.empty()) return fail(ErrorCode::kMalformed, "a server certificate needs a host name");
  for (const auto& host : hosts) {
    GENERAL_NAME* name = name_of(host);
    if (name == nullptr)
      return fail(ErrorCode::kMalformed, "neither a host name nor an address: " + host);
    sk_GENERAL_NAME_push(names.get(), name);
  }
  if (X509_add1_ext_i2d(certificate, NID_subject_alt_name, names.get(), 0, 0) != 1)
    return refused("the host names cannot be written");
  return {};
}

bool begin(X509* certificate, EVP_PKEY* key, const std::string& name, std::chrono::seconds life) {
  return certificate != nullptr && key != nullptr &&
         X509_set_version(certificate, X509_VERSION_3) == 1 && set_serial(certificate) &&
         set_subject(certificate, name) && set_life(certificate, life) &&
         X509_set_pubkey(certificate, key) == 1;
}

// "a.example" stands for itself and all below it; no address is below any of them.
Result<std::string> constraints(const std::vector<std::string>& only_below) {
  std::string text = "critical";
  for (const auto& name : only_below) {
    if (!is_dns_name(name) || name.starts_with('*'))
      return fail(ErrorCode::kMalformed, "not a DNS name: " + name);
    text += ",permitted;DNS:" + name;
  }
  return text + ",excluded;IP:0.0.0.0/0.0.0.0,excluded;IP:::/::";
}

std::shared_ptr<EVP_PKEY> new_key() { return {EVP_EC_gen("P-256"), EVP_PKEY_free}; }
std::shared_ptr<X509> new_certificate() { return {X509_new(), X509_free}; }

}  // namespace

Certificate::Certificate(KeyPtr key, X509Ptr certificate)
    : key_(std::move(key)), certificate_(std::move(certificate)) {}

Result<Certificate> Certificate::authority(const std::string& name,
                                           const std::vector<std::string>& only_below) {
  KeyPtr key = new_key();
  X509Ptr made = new_certificate();
  X509* ca = made.get();
  bool ok = begin(ca, key.get(), name, kAuthorityLife) &&
            X509_set_issuer_name(ca, X509_get_subject_name(ca)) == 1 &&
            add_extension(ca, ca, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
            add_extension(ca, ca, NID_key_usage, "critical,keyCertSign,cRLSign") &&
            add_extension(ca, ca, NID_subject_key_identifier, "hash") &&
            add_extension(ca, ca, NID_authority_key_identifier, "keyid");
  if (ok && !only_below.empty()) {
    const auto text = constraints(only_below);
    if (!text) return tl::unexpected(text.error());
    ok = add_extension(ca, ca, NID_name_constraints, text->c_str());
  }
  ok = ok && X509_sign(ca, key.get(), EVP_sha256()) > 0;
  if (!ok) return refused("the authority cannot be made");
  return Certificate(std::move(key), std::move(made));
}

Result<Certificate> Certificate::issue_server(const std::vector<std::string>& hosts,
                                              std::chrono::seconds life) const {
  KeyPtr key = new_key();
  X509Ptr made = new_certificate();
  X509* server = made.get();
  X509* ca = certificate_.get();
  // The names that count stand among the alternatives; a common name has no room for a long host.
  const bool begun = begin(server, key.get(), "Kerros gateway", life) &&
                     X509_set_issuer_name(server, X509_get_subject_name(ca)) == 1;
  if (!begun) return refused("the server certificate cannot be made");
  if (auto named = set_hosts(server, hosts); !named) return tl::unexpected(named.error());
  const bool ok = add_extension(server, ca, NID_basic_constraints, "critical,CA:FALSE") &&
                  add_extension(server, ca, NID_key_usage, "critical,digitalSignature") &&
                  add_extension(server, ca, NID_ext_key_usage, "serverAuth") &&
                  add_extension(server, ca, NID_subject_key_identifier, "hash") &&
                  add_extension(server, ca, NID_authority_key_identifier, "keyid:always") &&
                  X509_sign(server, key_.get(), EVP_sha256()) > 0;
  if (!ok) return refused("the server certificate cannot be signed");
  return Certificate(std::move(key), std::move(made));
}

std::chrono::system_clock::time_point Certificate::expires() const {
  return CertificateInfo(certificate_).expires();
}

std::string Certificate::fingerprint() const { return CertificateInfo(certificate_).fingerprint(); }

std::vector<std::string> Certificate::only_below() const {
  return CertificateInfo(certificate_).only_below();
}

}  // namespace kerros::tls
