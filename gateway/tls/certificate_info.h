// What a certificate says of itself, read from a file that anybody may read: no key is needed.
//
// Thread safety: immutable once read. Lifetime: shares its certificate.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "crypto/result.h"

struct x509_st;

namespace kerros::tls {

class CertificateInfo {
 public:
  // The first certificate of a PEM file. kNotFound, kUnavailable; kMalformed: none in it.
  static Result<CertificateInfo> read(const std::string& file);
  explicit CertificateInfo(std::shared_ptr<x509_st> certificate)
      : certificate_(std::move(certificate)) {}

  std::string subject() const;  // "CN = Kerros proxy at files.example.org"
  std::chrono::system_clock::time_point expires() const;
  std::string fingerprint() const;              // SHA-256, lower-case hex
  std::vector<std::string> only_below() const;  // DNS names it is constrained to; empty: none
  bool is_for(const std::string& host) const;   // a DNS name or an address, as a server's
  bool is_trusted_here() const;  // leads to the system's store, as an authority of servers

 private:
  std::shared_ptr<x509_st> certificate_;
};

}  // namespace kerros::tls
