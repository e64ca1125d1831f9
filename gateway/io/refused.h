// The two ways in which the road of a request ends early: refused here, or answered by upstream.
//
// Thrown by the stages of an exchange, turned into an answer in one place (road.cc). Socket
// failures are boost::system::system_error and end the connection instead.
#pragma once

#include <string>
#include <utility>

#include "gateway/graph/error_body.h"
#include "gateway/graph/head.h"

namespace kerros::io {

struct Refused {
  graph::Refusal refusal;
  std::string extra;           // one more sentence for the client; nothing of the inside
  std::string detail;          // for the log and the audit record
  unsigned retry_after_s = 0;  // 0: what the refusal says by itself
};

// Upstream's own answer goes to the client as it is (401, 404, 412, 429 ...), URLs rewritten.
struct Relayed {
  graph::ResponseHead head;
  std::string body;
};

}  // namespace kerros::io
