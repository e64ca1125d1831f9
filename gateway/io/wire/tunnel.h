// Bytes between two sockets, untouched and unseen: what a connection to a host not on the
// interception list becomes.
//
// Bytes go through a pipe inside the kernel (splice(2)) and never reach this process. A pipe is
// taken from the worker's pool for as long as bytes flow, so that an idle tunnel holds nothing but
// its two sockets. One side's end is passed on, and the other direction flows until it ends too; a
// failure of one side, and silence of both, reset both: nobody takes either for an end.
//
// Thread safety: on its worker's executor. Lifetime: a tunnel owns its sockets and keeps itself
// alive until both directions have ended; the pool outlives all tunnels of its worker.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <vector>

#include "gateway/io/asio.h"

namespace kerros::io {

class PipePool {
 public:
  PipePool() = default;
  PipePool(const PipePool&) = delete;
  PipePool& operator=(const PipePool&) = delete;
  ~PipePool();

  using Pipe = std::array<int, 2>;  // read end, write end; non-blocking
  Pipe take();                      // throws system_error when there are no descriptors
  void give(Pipe empty);            // only a pipe with nothing in it
  static void discard(Pipe pipe);

  std::size_t kept() const { return kept_.size(); }

 private:
  static constexpr std::size_t kKept = 64;
  std::vector<Pipe> kept_;
};

struct TunnelBytes {
  std::uint64_t sent = 0;  // from `client` to `server`
  std::uint64_t received = 0;
};
// Looks at what the client says first, and takes nothing of it; false resets both sides before any
// of it has moved. Not asked before something has come; what the server says flows meanwhile.
using FirstLook = std::function<net::awaitable<bool>(net::ip::tcp::socket& client)>;

// Returns when both directions have ended, or nothing has moved for `idle`; throws nothing.
net::awaitable<TunnelBytes> tunnel(net::ip::tcp::socket client, net::ip::tcp::socket server,
                                   PipePool& pipes, std::chrono::milliseconds idle,
                                   FirstLook look = {});

}  // namespace kerros::io
