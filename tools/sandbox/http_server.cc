#include "tools/sandbox/http_server.h"

#include <sys/socket.h>

#include <stdexcept>

#include "tools/sandbox/http_conversation.h"

namespace kerros::sandbox {
namespace {

tcp::endpoint endpoint_of(const std::string& address) {
  const auto colon = address.rfind(':');
  const auto port = parse_decimal(std::string_view(address).substr(colon + 1));
  ErrorCode error;
  const auto ip = net::ip::make_address(address.substr(0, colon), error);
  if (colon == std::string::npos || error || !port || *port > 65535 || !ip.is_loopback()) {
    throw std::runtime_error("'" + address + "' is not a loopback address and port");
  }
  return {ip, static_cast<std::uint16_t>(*port)};
}

}  // namespace

HttpServer::HttpServer(Services& cloud, std::string name, const std::string& address, SSL_CTX* tls,
                       bool logged, Handler handler)
    : cloud_(cloud),
      name_(std::move(name)),
      tls_(tls),
      logged_(logged),
      handler_(std::move(handler)),
      acceptor_(context_) {
  const tcp::endpoint endpoint = endpoint_of(address);
  acceptor_.open(endpoint.protocol());
  acceptor_.set_option(tcp::acceptor::reuse_address(true));
  acceptor_.bind(endpoint);
  acceptor_.listen(1024);
}

HttpServer::~HttpServer() { stop(); }

void HttpServer::start() {
  thread_ = std::thread([this] { accept_loop(); });
}

void HttpServer::stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
    for (const Guest& guest : guests_) {
      if (guest.connection) guest.connection->interrupt();
    }
  }
  ::shutdown(acceptor_.native_handle(), SHUT_RDWR);  // wakes accept()
  if (thread_.joinable()) thread_.join();
  for (Guest& guest : guests_) guest.thread.join();
  guests_.clear();
}

void HttpServer::accept_loop() {
  while (true) {
    ErrorCode error;
    tcp::socket socket(context_);
    acceptor_.accept(socket, error);
    {
      const std::scoped_lock lock(mutex_);
      if (stopping_) return;
    }
    if (error) continue;  // out of descriptors, or a guest that left at once
    serve(std::move(socket));
  }
}

void HttpServer::serve(tcp::socket socket) {
  const std::scoped_lock lock(mutex_);
  if (stopping_) return;
  see_out();
  Guest& guest = guests_.emplace_back();
  guest.connection = std::make_unique<Connection>(std::move(socket), tls_);
  guest.thread = std::thread([this, &guest, connection = guest.connection.get()] {
    HttpConversation(cloud_, name_, logged_, handler_, *connection).run();
    const std::scoped_lock over(mutex_);
    guest.connection.reset();
  });
}

void HttpServer::see_out() {
  for (auto at = guests_.begin(); at != guests_.end();) {
    if (at->connection) {
      ++at;
    } else {
      at->thread.join();
      at = guests_.erase(at);
    }
  }
}

}  // namespace kerros::sandbox
