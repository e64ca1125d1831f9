// Certificates for the hosts whose connections are opened here, made when first asked for.
//
// Each host has its own key and a short life, signed by the organisation's authority; a renewed one
// replaces it before its end, and none outlives the authority. Nothing of them is written anywhere:
// after a start they are made anew. Those of the hosts named at the beginning stay; of all others
// at most kMost are kept, of which the one unused for longest goes first, so that a client that
// asks for many names costs time and not memory, and takes nobody's certificate away.
//
// Thread safety: context() may be called from any thread. Making a certificate takes some 0.2 ms,
// several with an RSA authority, and holds nobody else up; two threads that ask for the same host
// at once may both make one, of which the first is kept.
// Lifetime: contexts live on in the streams that use them.
#pragma once

#include <chrono>
#include <list>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "gateway/tls/certificate.h"
#include "gateway/tls/context.h"

namespace kerros::tls {

class LeafCertificates {
 public:
  static constexpr std::size_t kMost = 256;
  static constexpr auto kLife = std::chrono::hours(7 * 24);
  static constexpr auto kRenewBefore = std::chrono::hours(48);  // longer than a connection lasts
  // An authority that ends sooner than this signs nothing more: the first hour of a certificate
  // lies before its making, since clocks differ.
  static constexpr auto kShortestLife = std::chrono::hours(2);

  // `lasting`: DNS names in lower case whose certificates are never given up for others.
  explicit LeafCertificates(Certificate authority, const std::vector<std::string>& lasting = {})
      : authority_(std::move(authority)), lasting_(lasting.begin(), lasting.end()) {}

  // For a DNS name in lower case. kMalformed when it is none, kUnavailable when the authority's own
  // end is too near.
  Result<std::shared_ptr<Context>> context(const std::string& host);

  const Certificate& authority() const { return authority_; }
  std::size_t size() const;

 private:
  using Clock = std::chrono::system_clock;
  struct Leaf {
    std::shared_ptr<Context> context;
    Clock::time_point expires;
    std::list<std::string>::iterator age;  // by_age_.end() for one that lasts
  };

  Result<Leaf> make(const std::string& host, Clock::time_point now) const;
  bool is_due(const Leaf& leaf, Clock::time_point now) const;
  std::shared_ptr<Context> keep(const std::string& host, Leaf made, Clock::time_point now);

  const Certificate authority_;
  const std::set<std::string> lasting_;
  mutable std::mutex mutex_;
  std::list<std::string> by_age_;  // newest first
  std::unordered_map<std::string, Leaf> leaves_;
};

}  // namespace kerros::tls
