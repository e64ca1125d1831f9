#include "gateway/tls/leaf_certificates.h"

#include <algorithm>

namespace kerros::tls {

Result<std::shared_ptr<Context>> LeafCertificates::context(const std::string& host) {
  const auto now = Clock::now();
  std::shared_ptr<Context> old;
  {
    const std::scoped_lock lock(mutex_);
    if (const auto found = leaves_.find(host); found != leaves_.end()) {
      const Leaf& leaf = found->second;
      if (leaf.age != by_age_.end()) by_age_.splice(by_age_.begin(), by_age_, leaf.age);
      if (!is_due(leaf, now)) return leaf.context;
      if (now < leaf.expires) old = leaf.context;
    }
  }
  auto made = make(host, now);
  if (made) return keep(host, *std::move(made), now);
  if (old) return old;  // still good, and better than none
  return tl::unexpected(made.error());
}

Result<LeafCertificates::Leaf> LeafCertificates::make(const std::string& host,
                                                      Clock::time_point now) const {
  const auto left = std::chrono::duration_cast<std::chrono::seconds>(authority_.expires() - now);
  if (left < kShortestLife)
    return fail(ErrorCode::kUnavailable,
                "the proxy's authority expires too soon to sign with it; make or import a new one");
  const auto leaf = authority_.issue_server({host}, std::min<std::chrono::seconds>(kLife, left));
  if (!leaf) return tl::unexpected(leaf.error());
  auto context = Context::server(*leaf, authority_);
  if (!context) return tl::unexpected(context.error());
  return Leaf{*std::move(context), leaf->expires(), {}};
}

// Near the authority's end another one would not last longer.
bool LeafCertificates::is_due(const Leaf& leaf, Clock::time_point now) const {
  if (now >= leaf.expires) return true;
  return now + kRenewBefore >= leaf.expires && leaf.expires + kShortestLife < authority_.expires();
}

std::shared_ptr<Context> LeafCertificates::keep(const std::string& host, Leaf made,
                                                Clock::time_point now) {
  const std::scoped_lock lock(mutex_);
  if (const auto found = leaves_.find(host); found != leaves_.end()) {
    if (!is_due(found->second, now)) return found->second.context;  // somebody else was faster
    made.age = found->second.age;
    return (found->second = std::move(made)).context;
  }
  made.age = by_age_.end();
  if (!lasting_.contains(host)) {
    if (by_age_.size() >= kMost) {
      leaves_.erase(by_age_.back());
      by_age_.pop_back();
    }
    by_age_.push_front(host);
    made.age = by_age_.begin();
  }
  return leaves_.emplace(host, std::move(made)).first->second.context;
}

std::size_t LeafCertificates::size() const {
  const std::scoped_lock lock(mutex_);
  return leaves_.size();
}

}  // namespace kerros::tls
