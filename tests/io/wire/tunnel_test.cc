#include "gateway/io/wire/tunnel.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <string>
#include <thread>

namespace kerros::io {
namespace {

using Socket = net::ip::tcp::socket;
constexpr auto kLong = std::chrono::minutes(10);

// A tunnel on a thread of its own, and the two ends of it that are not its own: blocking sockets.
class TunnelTest : public testing::Test {
 protected:
  TunnelTest() { std::signal(SIGPIPE, SIG_IGN); }
  ~TunnelTest() override {
    client.close();
    server.close();
    if (thread_.joinable()) thread_.join();
  }

  void start(std::chrono::milliseconds idle = kLong) {
    join_up();
    begin(idle);
  }
  // The same in two steps, for what must have happened before the tunnel's first moment.
  void join_up() {
    connect(client, near_client_);
    connect(server, near_server_);
  }
  void begin(std::chrono::milliseconds idle) {
    net::co_spawn(io_, run(std::move(near_client_), std::move(near_server_), idle), net::detached);
    thread_ = std::thread([this] { io_.run(); });
  }
  // The kernel holds little between the four of them, however much it would like to.
  void keep_buffers_small() {
    constexpr int kSmall = 64 * 1024;
    for (Socket* one : {&client, &server, &near_client_, &near_server_}) {
      one->set_option(net::socket_base::send_buffer_size(kSmall));
      one->set_option(net::socket_base::receive_buffer_size(kSmall));
    }
  }
  TunnelBytes finish() {
    thread_.join();
    return moved_;
  }

  static void send(Socket& to, std::string_view text) {
    while (!text.empty()) {
      const ssize_t put = ::send(to.native_handle(), text.data(), text.size(), 0);
      ASSERT_GT(put, 0);
      text.remove_prefix(static_cast<std::size_t>(put));
    }
  }
  static void end(Socket& side) { side.shutdown(Socket::shutdown_send); }
  // What comes until the end, or "reset".
  static std::string receive(Socket& from) {
    std::string all(1 << 20, '\0');
    for (std::size_t size = 0;;) {
      if (size == all.size()) all.resize(size * 2);
      const ssize_t got = ::recv(from.native_handle(), all.data() + size, all.size() - size, 0);
      if (got < 0) return "reset";
      if (got == 0) return all.substr(0, size);
      size += static_cast<std::size_t>(got);
    }
  }
  static std::string receive_some(Socket& from) {
    std::string text(1024, '\0');
    const ssize_t got = ::recv(from.native_handle(), text.data(), text.size(), 0);
    return text.substr(0, static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  }
  static void cut(Socket& side) {
    side.set_option(net::socket_base::linger(true, 0));
    side.close();
  }

  // Sees the first octets and leaves them; says that much.
  FirstLook look_that_says(bool yes) {
    return [this, yes](Socket& from) { return look_at(from, yes); };
  }

  PipePool pipes;
  FirstLook look;
  std::string looked_at;
  net::io_context others;
  Socket client{others}, server{others};

 private:
  net::awaitable<bool> look_at(Socket& from, bool yes) {
    looked_at.resize(1024);
    const ssize_t got = ::recv(from.native_handle(), looked_at.data(), looked_at.size(), MSG_PEEK);
    looked_at.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    co_return yes;
  }
  void connect(Socket& far, Socket& near) {
    net::ip::tcp::acceptor acceptor(others, {net::ip::address_v4::loopback(), 0});
    far.connect(acceptor.local_endpoint());
    acceptor.accept(near);
  }
  net::awaitable<void> run(Socket near_client, Socket near_server, std::chrono::milliseconds idle) {
    moved_ = co_await tunnel(std::move(near_client), std::move(near_server), pipes, idle, look);
  }

  net::io_context io_;
  Socket near_client_{io_}, near_server_{io_};
  std::thread thread_;
  TunnelBytes moved_;
};

std::string noise(std::size_t size) {
  std::string text(size, '\0');
  std::uint64_t state = 88172645463325252u;
  for (char& c : text) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    c = static_cast<char>(state);
  }
  return text;
}

TEST_F(TunnelTest, CarriesBothDirections) {
  start();
  send(client, "question");
  EXPECT_EQ(receive_some(server), "question");
  send(server, "answer");
  EXPECT_EQ(receive_some(client), "answer");
}

TEST_F(TunnelTest, PassesOnTheClientsEndAndTheRestOfTheAnswer) {
  start();
  send(client, "all of it");
  end(client);
  EXPECT_EQ(receive(server), "all of it");
  send(server, "answer to the end");
  end(server);
  EXPECT_EQ(receive(client), "answer to the end");
  const TunnelBytes moved = finish();
  EXPECT_EQ(moved.sent, 9u);
  EXPECT_EQ(moved.received, 17u);
}

TEST_F(TunnelTest, PassesOnTheServersEndAndTheRestOfTheQuestion) {
  start();
  send(server, "goodbye");
  end(server);
  EXPECT_EQ(receive(client), "goodbye");
  send(client, "one word more");
  end(client);
  EXPECT_EQ(receive(server), "one word more");
  EXPECT_EQ(finish().sent, 13u);
}

TEST_F(TunnelTest, CarriesMuchBothWaysAtOnceUnchanged) {
  start();
  const std::string up = noise(24u << 20), down = noise(20u << 20).substr(1);
  std::thread sends_up([&] { send(client, up), end(client); });
  std::thread sends_down([&] { send(server, down), end(server); });
  std::string came_up;
  std::thread receives_up([&] { came_up = receive(server); });
  const std::string came_down = receive(client);
  for (std::thread* one : {&sends_up, &sends_down, &receives_up}) one->join();
  EXPECT_TRUE(came_up == up);
  EXPECT_TRUE(came_down == down);
  const TunnelBytes moved = finish();
  EXPECT_EQ(moved.sent, up.size());
  EXPECT_EQ(moved.received, down.size());
}

TEST_F(TunnelTest, WaitsForASlowReader) {
  join_up();
  keep_buffers_small();
  begin(kLong);
  const std::string text = noise(16u << 20);  // far more than there is room for on the way
  std::atomic<bool> all_sent = false;
  std::thread sends([&] { send(client, text), all_sent = true, end(client); });
  const std::string first = receive_some(server);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  pollfd quiet{client.native_handle(), POLLOUT, 0};
  int is_writable = 1;
  while (is_writable > 0 && std::chrono::steady_clock::now() < deadline)
    is_writable = ::poll(&quiet, 1, 50);
  EXPECT_EQ(is_writable, 0) << "everything on the way was never full";
  EXPECT_FALSE(all_sent);
  const std::string rest = receive(server);
  sends.join();
  EXPECT_TRUE(first + rest == text);
}

TEST_F(TunnelTest, TurnsAFailureOfOneSideIntoOneOfTheOther) {
  start();
  send(client, "x");
  EXPECT_EQ(receive_some(server), "x");
  cut(server);
  EXPECT_EQ(receive(client), "reset");
  finish();
}

TEST_F(TunnelTest, CutsWhatIsSilent) {
  start(std::chrono::milliseconds(20));
  EXPECT_EQ(receive(client), "reset");
  EXPECT_EQ(receive(server), "reset");
  EXPECT_EQ(finish().sent, 0u);
}

TEST_F(TunnelTest, CutsWhatIsSilentAfterOneEnd) {
  join_up();
  end(client);  // before the silence begins, or a slow machine would have it cut first
  begin(std::chrono::milliseconds(200));
  EXPECT_EQ(receive(server), "");
  EXPECT_EQ(receive(client), "reset");
  finish();
}

TEST_F(TunnelTest, BeginsWithALookAtTheClientWhileTheServerMaySpeak) {
  look = look_that_says(true);
  start();
  send(server, "220 ready");
  EXPECT_EQ(receive_some(client), "220 ready");
  send(client, "hello");
  end(client);
  EXPECT_EQ(receive(server), "hello");
  end(server);
  EXPECT_EQ(receive(client), "");
  EXPECT_EQ(finish().sent, 5u);
  EXPECT_EQ(looked_at, "hello");
}

TEST_F(TunnelTest, CarriesNothingOfAClientThatIsNotToPass) {
  look = look_that_says(false);
  start();
  send(client, "hello");
  EXPECT_EQ(receive(server), "reset");
  EXPECT_EQ(receive(client), "reset");
  EXPECT_EQ(finish().sent, 0u);
  EXPECT_EQ(looked_at, "hello");
}

TEST_F(TunnelTest, CutsASilentClientBeforeTheLook) {
  look = look_that_says(true);
  start(std::chrono::milliseconds(20));
  EXPECT_EQ(receive(server), "reset");
  finish();
  EXPECT_EQ(looked_at, "");
}

TEST_F(TunnelTest, GivesItsPipesBack) {
  start();
  end(client);
  EXPECT_EQ(receive(server), "");
  send(server, noise(3u << 20));
  end(server);
  EXPECT_EQ(receive(client).size(), 3u << 20);
  finish();
  EXPECT_GE(pipes.kept(), 1u);
  EXPECT_LE(pipes.kept(), 2u);
}

TEST(PipePool, GivesTheSamePipeAgain) {
  PipePool pool;
  const auto pipe = pool.take();
  pool.give(pipe);
  EXPECT_EQ(pool.kept(), 1u);
  EXPECT_EQ(pool.take(), pipe);
  EXPECT_EQ(pool.kept(), 0u);
  PipePool::discard(pipe);
}

TEST(PipePool, KeepsABoundedNumber) {
  PipePool pool;
  std::vector<PipePool::Pipe> taken;
  for (int i = 0; i < 80; ++i) taken.push_back(pool.take());
  for (const auto& pipe : taken) pool.give(pipe);
  EXPECT_EQ(pool.kept(), 64u);
}

}  // namespace
}  // namespace kerros::io
