// What a test wants to go wrong: named switches, each for requests that match.
//
//   {"name": "throttle", "value": {"status": 429, "retry_after": 1},
//    "match": {"method": "PUT", "path_regex": "uploadSession", "host": "...", "nth": 2, "times":
//    1}}
//
// nth: from the nth matching request on (1 is the first); times: that many times. A switch set
// again under the same name is one more rule; the first rule that applies wins. Thread safety: any
// thread.
#pragma once

#include <cstdint>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include "tools/sandbox/http_message.h"

namespace kerros::sandbox {

class Switches {
 public:
  // Throws std::invalid_argument with a sentence when the rule is unusable.
  void add(const nlohmann::json& rule);
  void clear();
  nlohmann::json list() const;

  // The value in force for this request; counts as one match. `item` is the name or id of the item
  // that is meant, for switches about items.
  std::optional<nlohmann::json> take(std::string_view name, const RequestHead& head,
                                     std::string_view item_name = {},
                                     std::string_view item_id = {});

 private:
  struct Rule {
    std::string name;
    nlohmann::json value;
    nlohmann::json source;
    std::string method;
    std::string host;
    std::string item;
    std::optional<std::regex> path;
    std::uint64_t nth = 1;
    std::uint64_t times = UINT64_MAX;
    std::uint64_t seen = 0;
    std::uint64_t applied = 0;
  };

  mutable std::mutex mutex_;
  std::vector<Rule> rules_;
};

}  // namespace kerros::sandbox
