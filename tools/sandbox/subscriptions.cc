#include "tools/sandbox/subscriptions.h"

#include "tools/sandbox/ids.h"

namespace kerros::sandbox {

Subscriptions::Json Subscriptions::add(Json subscription) {
  subscription["id"] = random_guid();
  const std::scoped_lock lock(mutex_);
  subscriptions_[subscription["id"].get<std::string>()] = subscription;
  return subscription;
}

std::optional<Subscriptions::Json> Subscriptions::find(const std::string& id) {
  const std::scoped_lock lock(mutex_);
  const auto found = subscriptions_.find(id);
  if (found == subscriptions_.end()) return std::nullopt;
  return found->second;
}

std::optional<Subscriptions::Json> Subscriptions::change(const std::string& id,
                                                         const std::string& key,
                                                         const Json& value) {
  const std::scoped_lock lock(mutex_);
  const auto found = subscriptions_.find(id);
  if (found == subscriptions_.end()) return std::nullopt;
  found->second[key] = value;
  return found->second;
}

bool Subscriptions::remove(const std::string& id) {
  const std::scoped_lock lock(mutex_);
  return subscriptions_.erase(id) == 1;
}

std::vector<Subscriptions::Json> Subscriptions::of(const std::string& creator) {
  const std::scoped_lock lock(mutex_);
  std::vector<Json> out;
  for (const auto& [id, each] : subscriptions_) {
    if (each.value("creatorId", "") == creator) out.push_back(each);
  }
  return out;
}

}  // namespace kerros::sandbox
