#include "tools/sandbox/connection.h"

#include <openssl/err.h>
#include <sys/socket.h>

#include <algorithm>

namespace kerros::sandbox {

Connection::Connection(tcp::socket socket, SSL_CTX* tls) : socket_(std::move(socket)) {
  ErrorCode ignored;
  socket_.set_option(tcp::no_delay(true), ignored);
  if (tls == nullptr) return;
  ssl_ = SSL_new(tls);
  SSL_set_fd(ssl_, socket_.native_handle());
}

Connection::~Connection() { SSL_free(ssl_); }

bool Connection::handshake() {
  if (ssl_ == nullptr) return true;
  ERR_clear_error();
  return SSL_accept(ssl_) == 1;
}

std::size_t Connection::read(void* data, std::size_t size, ErrorCode& error) {
  error = {};
  if (ssl_ != nullptr) {
    std::size_t n = 0;
    ERR_clear_error();
    if (SSL_read_ex(ssl_, data, size, &n) == 1) return n;
    const bool closed = SSL_get_error(ssl_, 0) == SSL_ERROR_ZERO_RETURN;
    error = closed ? ErrorCode(net::error::eof) : ErrorCode(net::error::connection_reset);
    return 0;
  }
  const ssize_t n = ::recv(socket_.native_handle(), data, size, 0);
  if (n > 0) return static_cast<std::size_t>(n);
  error = n == 0 ? ErrorCode(net::error::eof) : ErrorCode(net::error::connection_reset);
  return 0;
}

void Connection::write_all(std::string_view bytes) {
  while (!bytes.empty()) {
    std::size_t n = 0;
    if (ssl_ != nullptr) {
      ERR_clear_error();
      if (SSL_write_ex(ssl_, bytes.data(), bytes.size(), &n) != 1) n = 0;
    } else {
      const ssize_t sent =
          ::send(socket_.native_handle(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      n = sent > 0 ? static_cast<std::size_t>(sent) : 0;
    }
    if (n == 0) throw boost::system::system_error(net::error::broken_pipe);
    bytes.remove_prefix(n);
  }
}

void Connection::finish(Ending ending) {
  if (ssl_ != nullptr && ending == Ending::kOrderly) {
    ERR_clear_error();
    SSL_shutdown(ssl_);
  }
  const linger abort{1, 0};
  if (ending == Ending::kReset) {
    ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_LINGER, &abort, sizeof abort);
    return;  // the reset is sent by the close
  }
  ::shutdown(socket_.native_handle(), SHUT_WR);
}

void Connection::limit_waiting(int seconds) {
  const timeval limit{seconds, 0};
  ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
}

void Connection::interrupt() { ::shutdown(socket_.native_handle(), SHUT_RDWR); }

}  // namespace kerros::sandbox
