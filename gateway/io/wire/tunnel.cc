#include "gateway/io/wire/tunnel.h"

#include <fcntl.h>
#include <unistd.h>

#include <memory>
#include <utility>

#include "gateway/io/sockets.h"

namespace kerros::io {

namespace {

using Socket = net::ip::tcp::socket;

constexpr std::size_t kMost = 256 * 1024;  // moved at once, as far as the pipe has room
constexpr std::size_t kTurn =
    1024 * 1024;  // of one direction, before other connections have theirs
constexpr unsigned kFlags = SPLICE_F_MOVE | SPLICE_F_NONBLOCK;

bool must_wait() { return errno == EAGAIN || errno == EWOULDBLOCK; }

struct Tunnel {
  Tunnel(Socket c, Socket s, PipePool& p, FirstLook l)
      : client(std::move(c)),
        server(std::move(s)),
        pipes(p),
        look(std::move(l)),
        over(client.get_executor()) {}

  void touch() { last = std::chrono::steady_clock::now(); }
  void reset() {
    cut_off(client);
    cut_off(server);
  }
  void direction_ended() {
    if (--open == 0) over.cancel();
  }

  Socket client;
  Socket server;
  PipePool& pipes;
  FirstLook look;
  net::steady_timer over;  // watches for silence; cancelled when both directions have ended
  std::chrono::steady_clock::time_point last = std::chrono::steady_clock::now();
  int open = 2;
  TunnelBytes bytes;
};

// A pipe for one burst; given back when it is empty, thrown away when something stayed in it.
class Burst {
 public:
  explicit Burst(PipePool& pool) : pool_(pool), pipe_(pool.take()) {}
  Burst(const Burst&) = delete;
  Burst& operator=(const Burst&) = delete;
  ~Burst() {
    if (held_ == 0)
      pool_.give(pipe_);
    else
      PipePool::discard(pipe_);
  }

  // 0 at the end of `from`; negative when it has nothing now.
  ssize_t fill(Socket& from) {
    const ssize_t got = ::splice(from.native_handle(), nullptr, pipe_[1], nullptr, kMost, kFlags);
    if (got < 0 && !must_wait()) throw_errno("splice");
    if (got > 0) held_ += static_cast<std::size_t>(got);
    return got;
  }
  // False when `to` must become writable first.
  bool drain(Socket& to) {
    while (held_ > 0) {
      const ssize_t put = ::splice(pipe_[0], nullptr, to.native_handle(), nullptr, held_, kFlags);
      if (put < 0 && must_wait()) return false;
      if (put <= 0) throw_errno("splice");
      held_ -= static_cast<std::size_t>(put);
    }
    return true;
  }

 private:
  PipePool& pool_;
  PipePool::Pipe pipe_;
  std::size_t held_ = 0;
};

// Moves what is there, a turn of it at most; false at the end of `from`.
net::awaitable<bool> move_burst(Tunnel& tunnel, Socket& from, Socket& to, std::uint64_t& count) {
  Burst burst(tunnel.pipes);
  for (std::size_t moved = 0; moved < kTurn;) {
    const ssize_t got = burst.fill(from);
    if (got == 0) co_return false;
    if (got < 0) break;
    tunnel.touch();
    moved += static_cast<std::size_t>(got);
    count += static_cast<std::uint64_t>(got);
    while (!burst.drain(to)) {
      co_await to.async_wait(Socket::wait_write, net::use_awaitable);
      tunnel.touch();
    }
  }
  co_return true;
}

net::awaitable<void> pump(std::shared_ptr<Tunnel> tunnel, Socket& from, Socket& to,
                          std::uint64_t& count) {
  try {
    do {
      co_await from.async_wait(Socket::wait_read, net::use_awaitable);
    } while (co_await move_burst(*tunnel, from, to, count));
    error_code ignored;
    to.shutdown(Socket::shutdown_send, ignored);
  } catch (const boost::system::system_error&) {
    tunnel->reset();
  }
  tunnel->direction_ended();
}

net::awaitable<bool> may_begin(Tunnel& tunnel) {
  if (!tunnel.look) co_return true;
  try {
    co_await tunnel.client.async_wait(Socket::wait_read, net::use_awaitable);
    co_return co_await tunnel.look(tunnel.client);
  } catch (const boost::system::system_error&) {
    co_return false;
  }
}

net::awaitable<void> pump_from_client(std::shared_ptr<Tunnel> tunnel) {
  if (co_await may_begin(*tunnel))
    co_return co_await pump(tunnel, tunnel->client, tunnel->server, tunnel->bytes.sent);
  tunnel->reset();
  tunnel->direction_ended();
}

// Ends with the second direction; the timer is touched once an idle time, not once a byte.
net::awaitable<void> watch(Tunnel& tunnel, std::chrono::milliseconds idle) {
  while (tunnel.open > 0) {
    tunnel.over.expires_at(tunnel.last + idle);
    error_code ignored;
    co_await tunnel.over.async_wait(net::redirect_error(net::use_awaitable, ignored));
    if (tunnel.open > 0 && std::chrono::steady_clock::now() >= tunnel.last + idle) tunnel.reset();
  }
}

}  // namespace

PipePool::~PipePool() {
  for (const Pipe pipe : kept_) discard(pipe);
}

PipePool::Pipe PipePool::take() {
  if (!kept_.empty()) {
    const Pipe pipe = kept_.back();
    kept_.pop_back();
    return pipe;
  }
  Pipe pipe{};
  if (::pipe2(pipe.data(), O_NONBLOCK | O_CLOEXEC) != 0) throw_errno("pipe2");
  ::fcntl(pipe[1], F_SETPIPE_SZ,
          static_cast<int>(kMost));  // refused when the user's share is used up
  return pipe;
}

void PipePool::give(Pipe empty) {
  if (kept_.size() < kKept)
    kept_.push_back(empty);
  else
    discard(empty);
}

void PipePool::discard(Pipe pipe) {
  ::close(pipe[0]);
  ::close(pipe[1]);
}

net::awaitable<TunnelBytes> tunnel(Socket client, Socket server, PipePool& pipes,
                                   std::chrono::milliseconds idle, FirstLook look) {
  error_code ignored;  // a socket that cannot be used fails where it is used
  client.non_blocking(true, ignored);
  server.non_blocking(true, ignored);
  const auto made =
      std::make_shared<Tunnel>(std::move(client), std::move(server), pipes, std::move(look));
  const auto executor = made->client.get_executor();
  net::co_spawn(executor, pump_from_client(made), net::detached);
  net::co_spawn(executor, pump(made, made->server, made->client, made->bytes.received),
                net::detached);
  co_await watch(*made, idle);
  co_return made->bytes;
}

}  // namespace kerros::io
