#include "gateway/io/upstream/dial.h"

#include <gtest/gtest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <thread>

namespace kerros::io {
namespace {

TEST(Dial, EndsInTimeWhateverTheResolverDoes) {
  net::io_context io;
  net::io_context never_run;  // where a name is looked up and nothing is heard of it
  Config::Upstream config;
  config.connect_timeout = std::chrono::milliseconds(20);
  error_code error;
  net::co_spawn(
      io,
      [&]() -> net::awaitable<void> {
        try {
          co_await dial(io.get_executor(), config, "localhost", 443, {}, never_run.get_executor());
        } catch (const system_error& e) {
          error = e.code();
        }
      },
      net::detached);
  io.run();
  EXPECT_EQ(error, net::error::timed_out);
}

TEST(Dial, ResolvesOnAnotherExecutorThanItsOwn) {
  net::io_context io;
  net::io_context names;
  auto work = net::make_work_guard(names);
  std::thread resolver([&names] { names.run(); });
  net::ip::tcp::acceptor acceptor(io, {net::ip::address_v4::loopback(), 0});
  const std::uint16_t port = acceptor.local_endpoint().port();
  bool connected = false;
  net::co_spawn(
      io,
      [&]() -> net::awaitable<void> {
        const auto socket = co_await dial(io.get_executor(), Config::Upstream(), "localhost", port,
                                          {}, names.get_executor());
        connected = socket.is_open();
      },
      net::detached);
  io.run();
  work.reset();
  resolver.join();
  EXPECT_TRUE(connected);
}

}  // namespace
}  // namespace kerros::io
