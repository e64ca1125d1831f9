// The requests of one connection: read a head, let the handler answer, log, write, again.
//
// Thread safety: one thread.
#pragma once

#include <string>

#include "tools/sandbox/connection.h"
#include "tools/sandbox/http_server.h"

namespace kerros::sandbox {

class HttpConversation {
 public:
  HttpConversation(Services& cloud, const std::string& listener, bool logged,
                   const Handler& handler, Connection& connection)
      : cloud_(cloud),
        listener_(listener),
        logged_(logged),
        handler_(handler),
        connection_(connection) {}

  void run();  // until the connection ends; never throws

 private:
  bool one_request();  // false: the connection ends
  void refuse_head(const ErrorCode& error);
  void linger();

  Services& cloud_;
  const std::string& listener_;
  bool logged_;
  const Handler& handler_;
  Connection& connection_;
  beast::flat_buffer buffer_;
};

}  // namespace kerros::sandbox
