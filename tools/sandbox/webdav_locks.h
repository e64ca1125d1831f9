// Write locks of WebDAV: who may change a file that somebody is editing.
//
// Thread safety: any thread.
#pragma once

#include <map>
#include <mutex>
#include <string>

namespace kerros::sandbox {

class WebdavLocks {
 public:
  // The token; empty when somebody holds one already.
  std::string lock(const std::string& item, const std::string& owner);
  bool unlock(const std::string& item, const std::string& token);
  // Whether a request with this If field may change the item.
  bool admits(const std::string& item, const std::string& condition) const;

 private:
  struct Held {
    std::string token;
    std::string owner;
  };
  mutable std::mutex mutex_;
  std::map<std::string, Held> held_;
};

}  // namespace kerros::sandbox
