// What a TCP socket is told or asks of the system in more than one place.
#pragma once

#include <sys/socket.h>

#include <cerrno>

#include "gateway/io/asio.h"

namespace kerros {

// Closes by RST: the peer sees an abort, never an end.
inline void cut_off(net::ip::tcp::socket& socket) {
  error_code ignored;
  socket.set_option(net::socket_base::linger(true, 0), ignored);
  socket.close(ignored);
}

// For a call of the system that has just failed.
[[noreturn]] inline void throw_errno(const char* call) {
  throw system_error(error_code(errno, boost::system::system_category()), call);
}

}  // namespace kerros
