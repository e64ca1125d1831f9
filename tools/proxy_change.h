// A change of the proxy doors, as the audit log sees it: announced, made, confirmed.
//
// Thread safety: one thread.
#pragma once

#include <functional>
#include <string>

#include "tools/questions.h"

namespace kerros::tools {

struct ProxyChange {
  std::string name;    // "ca-init"; gateway/admin/proxy.cc lists them
  std::string target;  // a file, a user
  std::string detail;
};

// Makes the change once its intent is durable in the log of the running gateway or, with none
// running, of this installation; nothing is changed when the log cannot say it. Whether a gateway
// runs and must be reloaded is the answer.
Result<bool> on_record(const Config& config, const Globals& globals, const ProxyChange& change,
                       const std::function<Status()>& make);

// What the administrator must still do.
void remind_of_reload(const Config& config, bool gateway_runs);

}  // namespace kerros::tools
