// One accepted connection, plain or under TLS, blocking.
//
// OpenSSL sits on the socket itself: closing without close_notify, or by a reset, is then one call.
// Thread safety: one thread, except that interrupt() may come from any.
#pragma once

#include <openssl/ssl.h>

#include <cstddef>
#include <string_view>

#include "tools/sandbox/asio.h"

namespace kerros::sandbox {

enum class Ending { kNone, kOrderly, kWithoutNotify, kReset };

class Connection {
 public:
  Connection(tcp::socket socket, SSL_CTX* tls);  // tls null: plain
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  bool handshake();
  void write_all(std::string_view bytes);  // throws boost::system::system_error
  void finish(Ending ending);
  void limit_waiting(int seconds);  // for reads from now on
  void interrupt();                 // wakes whoever reads or writes; they see the end

  // What Beast asks of a stream that it reads from.
  template <class Buffers>
  std::size_t read_some(const Buffers& buffers, ErrorCode& error) {
    for (auto at = net::buffer_sequence_begin(buffers); at != net::buffer_sequence_end(buffers);
         ++at) {
      const net::mutable_buffer buffer = *at;
      if (buffer.size() > 0) return read(buffer.data(), buffer.size(), error);
    }
    return 0;
  }
  template <class Buffers>
  std::size_t read_some(const Buffers& buffers) {
    ErrorCode error;
    const std::size_t n = read_some(buffers, error);
    if (error) throw boost::system::system_error(error);
    return n;
  }
  tcp::socket::executor_type get_executor() { return socket_.get_executor(); }

 private:
  std::size_t read(void* data, std::size_t size, ErrorCode& error);

  tcp::socket socket_;
  SSL* ssl_ = nullptr;
};

}  // namespace kerros::sandbox
