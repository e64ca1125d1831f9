// Certificates of our own: an authority, made here or brought along, and what it signs for servers.
//
// EC P-256 and SHA-256, extensions as RFC 5280 demands them, so that OpenSSL's strict checks and
// the common clients accept them. A private key leaves only into a file that its owner alone can
// read and that did not exist before.
//
// Thread safety: immutable once made; issue_server() from any thread.
// Lifetime: shares its certificate and key.
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

  // `name` is the authority's common name, as people will see it in their lists of trust. With
  // `only_below`, it is good for these DNS names and what lies below them and for nothing else, no
  // address either (name constraints, RFC 5280 4.2.1.10): its key cannot be used against the rest
  // of the web.
  static Result<Certificate> authority(const std::string& name,
                                       const std::vector<std::string>& only_below = {});

  // An authority that exists: its certificate first, then those that lead to a root, as PEM; the
  // key unencrypted. kMalformed or kConflict say what is wrong with it: no authority, another key,
  // expired, not to sign certificates. kUnavailable when the key may be read by others.
  static Result<Certificate> read_authority(const std::string& chain_file,
                                            const std::string& key_file);

  // For DNS names and IP literals, of which a DNS name may begin with "*.".
  Result<Certificate> issue_server(const std::vector<std::string>& hosts,
                                   std::chrono::seconds life = kServerLife) const;

  // Whether what it signs for these names would be accepted by whoever trusts it, its constraints
  // and those of its chain included; a name that begins with "*." stands for one below it.
  Status check_signs(const std::vector<std::string>& hosts) const;

  // The certificate and its chain() as 0444, the key as 0400; kConflict when either exists already,
  // and then nothing is written.
  Status write(const std::string& certificate_file, const std::string& key_file) const;
  std::string certificate_pem() const;
  std::chrono::system_clock::time_point expires() const;
  std::string fingerprint() const;              // SHA-256 of the certificate, lower-case hex
  std::vector<std::string> only_below() const;  // the DNS names it is constrained to

  evp_pkey_st* key() const { return key_.get(); }
  x509_st* certificate() const { return certificate_.get(); }
  const std::shared_ptr<x509_st>& shared_certificate() const { return certificate_; }
  // What a server sends behind a certificate that this authority signed: itself and what leads to a
  // root, without the root.
  const std::vector<std::shared_ptr<x509_st>>& chain() const { return chain_; }

 private:
  using KeyPtr = std::shared_ptr<evp_pkey_st>;
  using X509Ptr = std::shared_ptr<x509_st>;

  Certificate(KeyPtr key, X509Ptr certificate);

  KeyPtr key_;
  X509Ptr certificate_;
  std::vector<X509Ptr> chain_;
};

}  // namespace kerros::tls
