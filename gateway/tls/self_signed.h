// Certificates of our own: the authority that `kerros init` makes, and what it signs for a server.
//
// EC P-256 and SHA-256, extensions as RFC 5280 demands them, so that OpenSSL's strict checks and
// the common clients accept them. A private key leaves only into a file that its owner alone can
// read and that did not exist before.
//
// Thread safety: an authority belongs to one thread.
// Lifetime: owns its certificate and key.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "crypto/result.h"

struct evp_pkey_st;
struct x509_st;

namespace kerros::tls {

class Certificate {
 public:
  // Ten years: replacing it means touching every client that trusts it.
  static constexpr auto kAuthorityLife = std::chrono::days(3650);
  // Two years: below the 825 days after which some clients refuse a server's certificate.
  static constexpr auto kServerLife = std::chrono::days(730);

  // `name` is the authority's common name, as people will see it in their lists of trust.
  static Result<Certificate> authority(const std::string& name);

  // For DNS names and IP literals, of which a DNS name may begin with "*.".
  Result<Certificate> issue_server(const std::vector<std::string>& hosts) const;

  // The certificate as 0444, the key as 0400; kConflict when either exists already, and then
  // nothing is written.
  Status write(const std::string& certificate_file, const std::string& key_file) const;
  std::string certificate_pem() const;

 private:
  struct Free {
    void operator()(evp_pkey_st* key) const;
    void operator()(x509_st* certificate) const;
  };
  using KeyPtr = std::unique_ptr<evp_pkey_st, Free>;
  using X509Ptr = std::unique_ptr<x509_st, Free>;

  Certificate(KeyPtr key, X509Ptr certificate);

  KeyPtr key_;
  X509Ptr certificate_;
};

}  // namespace kerros::tls
