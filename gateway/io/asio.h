// The only door to Asio: every other file of ours includes this one instead.
//
// <utility> stands first because Boost 1.74's awaitable.hpp uses std::exchange without naming it.
// Implementation is compiled once, in gateway/tls/asio_impl.cc.
#pragma once

#include <utility>
// A blank line keeps the formatter from sorting <utility> behind Boost.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/system_error.hpp>

namespace kerros {

namespace net = boost::asio;
using boost::system::error_code;
using boost::system::system_error;

}  // namespace kerros
