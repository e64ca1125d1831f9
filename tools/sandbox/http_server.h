// One listener: a thread for each connection, requests one after another, bodies in pieces.
//
// Thread safety: stop() from any thread; the handler is called from many at once.
// Lifetime: stop() returns when no connection is left; the destructor calls it.
#pragma once

#include <openssl/ssl.h>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "tools/sandbox/asio.h"
#include "tools/sandbox/connection.h"
#include "tools/sandbox/exchange.h"

namespace kerros::sandbox {

using Handler = std::function<Reply(Exchange&)>;

class HttpServer {
 public:
  // `address` is IPv4:PORT, port 0 for any. `logged`: requests go to the log and switches apply.
  HttpServer(Services& cloud, std::string name, const std::string& address, SSL_CTX* tls,
             bool logged, Handler handler);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  void start();
  void stop();
  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

 private:
  void accept_loop();
  void serve(tcp::socket socket);

  Services& cloud_;
  std::string name_;
  SSL_CTX* tls_;
  bool logged_;
  Handler handler_;
  net::io_context context_;
  tcp::acceptor acceptor_;
  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable gone_;
  std::set<Connection*> open_;
  bool stopping_ = false;
};

}  // namespace kerros::sandbox
