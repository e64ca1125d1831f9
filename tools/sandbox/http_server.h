// One listener: a thread for each connection, requests one after another, bodies in pieces.
//
// Thread safety: stop() from any thread; the handler is called from many at once.
// Lifetime: stop() returns when no connection is left; the destructor calls it.
#pragma once

#include <openssl/ssl.h>

#include <functional>
#include <list>
#include <memory>
#include <mutex>
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
  struct Guest {
    std::unique_ptr<Connection> connection;  // null once it is over
    std::thread thread;
  };

  void accept_loop();
  void serve(tcp::socket socket);
  void see_out();  // joins the threads whose connection is over; under the lock

  Services& cloud_;
  std::string name_;
  SSL_CTX* tls_;
  bool logged_;
  Handler handler_;
  net::io_context context_;
  tcp::acceptor acceptor_;
  std::thread thread_;
  std::mutex mutex_;
  std::list<Guest> guests_;
  bool stopping_ = false;
};

}  // namespace kerros::sandbox
