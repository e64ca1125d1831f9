// A client's TCP connection before TLS: its first words are read to their last octet and not one
// further, or only looked at, so that what follows is whole for whoever it is for.
//
// Everything stands under the deadline set last; when it passes, the socket is closed and the wait
// ends with net::error::timed_out.
//
// Thread safety: one coroutine on the socket's executor. Lifetime: owns the socket until release().
// Errors: system_error; BadMessage for a head that is none.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/io/asio.h"
#include "gateway/proxy/client_hello.h"
#include "gateway/tls/deadline.h"

namespace kerros::io {

class PlainSocket {
 public:
  explicit PlainSocket(net::ip::tcp::socket socket);

  void expires_after(std::chrono::milliseconds time) { deadline_->expires_after(time); }

  // A request's head with the empty line that ends it; empty when the client left without a word.
  net::awaitable<std::string> read_head(std::size_t limit);

  // The first message of a TLS client, left where it is. kMore: the client ended before its end.
  struct First {
    proxy::ClientHello hello;
    bool is_tls = false;  // it begins like a TLS record, whatever the rest is
  };
  net::awaitable<First> peek_client_hello();

  net::awaitable<void> write(std::string_view text);
  // Says that nothing more comes and waits a moment for the client's own end, so that a late packet
  // does not destroy what was written.
  net::awaitable<void> finish();

  void reset();  // by RST: nobody takes it for an end

  std::string peer() const;  // "192.0.2.1:50000"
  net::ip::tcp::socket& socket() { return socket_; }
  net::ip::tcp::socket release();  // the last thing asked of it

 private:
  // Bytes that wait, none of them taken; 0 at the client's end.
  net::awaitable<std::size_t> peek(std::string& into);
  void take(std::size_t size);
  net::awaitable<void> wait(net::ip::tcp::socket::wait_type what);

  net::ip::tcp::socket socket_;
  net::ip::tcp::endpoint peer_;
  std::optional<tls::Deadline> deadline_;
};

// The same of a socket that somebody else watches over, who also waited until something had come.
net::awaitable<PlainSocket::First> peek_client_hello(net::ip::tcp::socket& socket);

}  // namespace kerros::io
