#include "gateway/tls/leaf_certificates.h"

namespace kerros::tls {

Result<std::shared_ptr<Context>> LeafCertificates::context(const std::string& host) {
  const std::scoped_lock lock(mutex_);
  const auto found = leaves_.find(host);
  if (found != leaves_.end()) {
    Leaf& leaf = found->second;
    by_age_.splice(by_age_.begin(), by_age_, leaf.age);
    if (std::chrono::system_clock::now() + kRenewBefore < leaf.expires) return leaf.context;
    by_age_.erase(leaf.age);
    leaves_.erase(found);
  }
  return make(host);
}

Result<std::shared_ptr<Context>> LeafCertificates::make(const std::string& host) {
  if (std::chrono::system_clock::now() + kLife > authority_.expires())
    return fail(ErrorCode::kUnavailable,
                "the proxy's authority expires too soon to sign with it; make or import a new one");
  const auto leaf = authority_.issue_server({host}, kLife);
  if (!leaf) return tl::unexpected(leaf.error());
  auto context = Context::server(*leaf, authority_);
  if (!context) return context;
  if (leaves_.size() >= kMost) {
    leaves_.erase(by_age_.back());
    by_age_.pop_back();
  }
  by_age_.push_front(host);
  leaves_.emplace(host, Leaf{*context, leaf->expires(), by_age_.begin()});
  return context;
}

std::size_t LeafCertificates::size() const {
  const std::scoped_lock lock(mutex_);
  return leaves_.size();
}

}  // namespace kerros::tls
