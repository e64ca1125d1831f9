#include "gateway/tls/certificate_info.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <string_view>

#include "crypto/bytes.h"
#include "gateway/tls/certificate.h"
#include "gateway/tls/error.h"

namespace kerros::tls {
namespace {

struct FreeOf {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(NAME_CONSTRAINTS* names) const { NAME_CONSTRAINTS_free(names); }
  void operator()(X509_STORE* store) const { X509_STORE_free(store); }
  void operator()(X509_STORE_CTX* context) const { X509_STORE_CTX_free(context); }
};
template <typename T>
using Owned = std::unique_ptr<T, FreeOf>;

// OpenSSL's reason to refuse `certificate` under `store`, empty when it does not.
std::string refusal(X509_STORE* store, X509* certificate, int purpose, unsigned long flags) {
  const Owned<X509_STORE_CTX> context(X509_STORE_CTX_new());
  if (!context || X509_STORE_CTX_init(context.get(), store, certificate, nullptr) != 1)
    return "it cannot be checked: " + take_openssl_reason();
  X509_STORE_CTX_set_purpose(context.get(), purpose);
  X509_VERIFY_PARAM* rules = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_flags(rules, flags);
  X509_VERIFY_PARAM_set_auth_level(rules, 2);  // as the contexts of context.h
  const bool good = X509_verify_cert(context.get()) == 1;
  ERR_clear_error();
  return good ? "" : X509_verify_cert_error_string(X509_STORE_CTX_get_error(context.get()));
}

}  // namespace

Result<CertificateInfo> CertificateInfo::read(const std::string& file) {
  errno = 0;
  const Owned<BIO> in(BIO_new_file(file.c_str(), "r"));
  if (!in) {
    const int reason = errno;
    ERR_clear_error();
    return fail(reason == ENOENT ? ErrorCode::kNotFound : ErrorCode::kUnavailable,
                file + ": " + std::strerror(reason));
  }
  std::shared_ptr<X509> found(PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr), X509_free);
  ERR_clear_error();
  if (!found) return fail(ErrorCode::kMalformed, file + ": no certificate in PEM form");
  return CertificateInfo(std::move(found));
}

std::string CertificateInfo::subject() const {
  const Owned<BIO> out(BIO_new(BIO_s_mem()));
  if (!out) return {};
  X509_NAME_print_ex(out.get(), X509_get_subject_name(certificate_.get()), 0,
                     XN_FLAG_ONELINE & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB));
  char* data = nullptr;
  const long size = BIO_get_mem_data(out.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

std::chrono::system_clock::time_point CertificateInfo::expires() const {
  std::tm broken{};
  ASN1_TIME_to_tm(X509_get0_notAfter(certificate_.get()), &broken);
  return std::chrono::system_clock::from_time_t(::timegm(&broken));
}

std::string CertificateInfo::fingerprint() const {
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  X509_digest(certificate_.get(), EVP_sha256(), digest.data(), &size);
  return to_hex(ByteView(digest).first(size));
}

std::vector<std::string> CertificateInfo::only_below() const {
  std::vector<std::string> names;
  const Owned<NAME_CONSTRAINTS> found(static_cast<NAME_CONSTRAINTS*>(
      X509_get_ext_d2i(certificate_.get(), NID_name_constraints, nullptr, nullptr)));
  if (!found) return names;
  for (int i = 0; i < sk_GENERAL_SUBTREE_num(found->permittedSubtrees); ++i) {
    const GENERAL_NAME* base = sk_GENERAL_SUBTREE_value(found->permittedSubtrees, i)->base;
    if (base->type != GEN_DNS) continue;
    const ASN1_IA5STRING* text = base->d.dNSName;
    names.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                       static_cast<std::size_t>(ASN1_STRING_length(text)));
  }
  return names;
}

bool CertificateInfo::is_for(const std::string& host) const {
  X509* certificate = certificate_.get();
  return X509_check_ip_asc(certificate, host.c_str(), 0) == 1 ||
         X509_check_host(certificate, host.data(), host.size(), 0, nullptr) == 1;
}

bool CertificateInfo::is_trusted_here() const {
  const Owned<X509_STORE> store(X509_STORE_new());
  if (!store || X509_STORE_set_default_paths(store.get()) != 1) return false;
  return refusal(store.get(), certificate_.get(), X509_PURPOSE_ANY, 0).empty();
}

Status Certificate::check_signs(const std::vector<std::string>& hosts) const {
  const Owned<X509_STORE> store(X509_STORE_new());
  if (!store || X509_STORE_add_cert(store.get(), certificate_.get()) != 1)
    return fail(ErrorCode::kUnavailable, "it cannot be checked: " + take_openssl_reason());
  for (const auto& link : chain_) X509_STORE_add_cert(store.get(), link.get());
  for (const auto& host : hosts) {
    const std::string name = host.starts_with("*.") ? "a" + host.substr(1) : host;
    const auto leaf = issue_server({name}, std::chrono::days(1));
    if (!leaf) return tl::unexpected(leaf.error());
    const auto why = refusal(store.get(), leaf->certificate(), X509_PURPOSE_SSL_SERVER,
                             X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_CHECK_SS_SIGNATURE);
    if (!why.empty())
      return fail(ErrorCode::kMalformed, "what it signs for " + name + " is refused: " + why);
  }
  return {};
}

}  // namespace kerros::tls
