// Certificates for the hosts whose connections are opened here, made when first asked for.
//
// Each host has its own key and a short life, signed by the organisation's authority; a renewed one
// replaces it before its end. Nothing of them is written anywhere: after a start they are made
// anew. At most kMost are kept, of which the one unused for longest goes first, so that a client
// that asks for many names costs time and not memory.
//
// Thread safety: context() may be called from any thread; making a certificate takes some 0.2 ms
// under the lock.
// Lifetime: contexts live on in the streams that use them.
#pragma once

#include <chrono>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "gateway/tls/certificate.h"
#include "gateway/tls/context.h"

namespace kerros::tls {

class LeafCertificates {
 public:
  static constexpr std::size_t kMost = 256;
  static constexpr auto kLife = std::chrono::hours(7 * 24);
  static constexpr auto kRenewBefore = std::chrono::hours(48);  // longer than a connection lasts

  explicit LeafCertificates(Certificate authority) : authority_(std::move(authority)) {}

  // For a DNS name in lower case. kMalformed when it is none, kUnavailable when the authority's own
  // end is nearer than a certificate's.
  Result<std::shared_ptr<Context>> context(const std::string& host);

  const Certificate& authority() const { return authority_; }
  std::size_t size() const;

 private:
  struct Leaf {
    std::shared_ptr<Context> context;
    std::chrono::system_clock::time_point expires;
    std::list<std::string>::iterator age;
  };

  Result<std::shared_ptr<Context>> make(const std::string& host);

  const Certificate authority_;
  mutable std::mutex mutex_;
  std::list<std::string> by_age_;  // newest first
  std::unordered_map<std::string, Leaf> leaves_;
};

}  // namespace kerros::tls
