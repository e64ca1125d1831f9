// Listening sockets: parsed addresses, SO_REUSEPORT per thread, one process per address.
//
// Thread safety: an AddressLock belongs to the process; accept_loop runs on its worker's executor.
// Errors: kConflict when another process holds the address, kUnavailable with errno's words.
#pragma once

#include <string>

#include "crypto/result.h"
#include "gateway/io/asio.h"

namespace kerros::io {

struct ListenAddress {
  std::string host;
  std::uint16_t port = 0;
};
Result<ListenAddress> parse_listen(std::string_view text);  // "127.0.0.1:8443", "[::1]:8443"

// SO_REUSEPORT would let a second gateway share the address silently: an abstract Unix socket named
// after it is held as long as this lives.
class AddressLock {
 public:
  static Result<AddressLock> take(const ListenAddress& address);
  AddressLock(AddressLock&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}
  AddressLock& operator=(AddressLock&&) = delete;
  ~AddressLock();

 private:
  explicit AddressLock(int socket) : socket_(socket) {}
  int socket_;
};

enum class Share : bool { kNo = false, kYes = true };  // SO_REUSEPORT among our own threads
Result<net::ip::tcp::acceptor> listen(const net::any_io_executor& executor,
                                      const ListenAddress& address, Share share);
std::string bound_address(const net::ip::tcp::acceptor& acceptor);

}  // namespace kerros::io
