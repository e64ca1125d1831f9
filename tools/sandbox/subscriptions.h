// Who wants to hear of changes. Nobody is ever called: the addresses are only kept.
//
// Forgotten when the sandbox ends.
// Thread safety: any thread.
#pragma once

#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace kerros::sandbox {

class Subscriptions {
 public:
  using Json = nlohmann::ordered_json;

  Json add(Json subscription);  // gets its "id"
  std::optional<Json> find(const std::string& id);
  std::optional<Json> change(const std::string& id, const std::string& key, const Json& value);
  bool remove(const std::string& id);
  std::vector<Json> of(const std::string& creator);

 private:
  std::mutex mutex_;
  std::map<std::string, Json> subscriptions_;
};

}  // namespace kerros::sandbox
