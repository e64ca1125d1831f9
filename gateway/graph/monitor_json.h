// The answers of a monitor: how far a copy has come, and which item it made.
//
// Thread safety: pure functions. Errors: kMalformed when the text is not a JSON object.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "crypto/result.h"

namespace kerros::graph {

struct MonitorAnswer {
  std::string status;       // "inProgress", "completed", "failed" ...
  std::string resource_id;  // the new item, once it is there
  bool completed() const { return status == "completed"; }
};
Result<MonitorAnswer> read_monitor_answer(std::string_view json);

// The members that such an answer has are kept where they are scalars, and code and message of its
// error; all others go, since nobody knows where they lead. A kept text with an absolute URL in it
// is replaced by what `link` makes of it, and taken out where that is nothing.
using Link = std::function<std::string(std::string_view url)>;
Result<std::string> rewrite_monitor_answer(std::string_view json, const Link& link);

}  // namespace kerros::graph
