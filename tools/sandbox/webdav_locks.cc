#include "tools/sandbox/webdav_locks.h"

#include "tools/sandbox/ids.h"

namespace kerros::sandbox {

std::string WebdavLocks::lock(const std::string& item, const std::string& owner) {
  const std::scoped_lock guard(mutex_);
  if (held_.contains(item)) return {};
  const std::string token = "opaquelocktoken:" + random_guid();
  held_[item] = {token, owner};
  return token;
}

bool WebdavLocks::unlock(const std::string& item, const std::string& token) {
  const std::scoped_lock guard(mutex_);
  const auto found = held_.find(item);
  if (found == held_.end() || token != "<" + found->second.token + ">") return false;
  held_.erase(found);
  return true;
}

bool WebdavLocks::admits(const std::string& item, const std::string& condition) const {
  const std::scoped_lock guard(mutex_);
  const auto found = held_.find(item);
  return found == held_.end() ||
         condition.find("<" + found->second.token + ">") != std::string::npos;
}

}  // namespace kerros::sandbox
