#include "gateway/io/dial.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "gateway/proxy/host_name.h"

namespace kerros::io {

namespace {

using Endpoints = std::vector<net::ip::tcp::endpoint>;

// Ends a wait for name or connection. The timer's handler may already be queued when the wait ends
// by itself: it looks at `waiting` before it touches anything.
class ConnectDeadline {
 public:
  ConnectDeadline(const net::any_io_executor& executor, std::chrono::milliseconds limit,
                  std::function<void()> on_expiry)
      : timer_(executor, limit), waiting_(std::make_shared<bool>(true)) {
    timer_.async_wait([waiting = waiting_, on_expiry = std::move(on_expiry)](const error_code& e) {
      if (!e && *waiting) on_expiry();
    });
  }
  ~ConnectDeadline() { *waiting_ = false; }
  ConnectDeadline(const ConnectDeadline&) = delete;
  ConnectDeadline& operator=(const ConnectDeadline&) = delete;
  bool passed() const { return timer_.expiry() <= std::chrono::steady_clock::now(); }

 private:
  net::steady_timer timer_;
  std::shared_ptr<bool> waiting_;
};

net::awaitable<Endpoints> resolve(const net::any_io_executor& executor,
                                  const net::any_io_executor& names,
                                  std::chrono::milliseconds limit, const std::string& host,
                                  std::uint16_t port) {
  Endpoints endpoints;
  net::ip::tcp::resolver resolver(names);
  const ConnectDeadline deadline(executor, limit, [&resolver] { resolver.cancel(); });
  const auto found =
      co_await resolver.async_resolve(host, std::to_string(port), net::use_awaitable);
  for (const auto& entry : found) endpoints.push_back(entry.endpoint());
  co_return endpoints;
}

// What may be connected to; throws when that is nothing.
Endpoints allowed(Endpoints endpoints, const MayConnect& may_connect) {
  const bool any = !endpoints.empty();
  if (may_connect)
    std::erase_if(endpoints, [&](const auto& e) { return !may_connect(e.address()); });
  if (any && endpoints.empty())
    throw boost::system::system_error(net::error::access_denied, "address not allowed");
  return endpoints;
}

net::awaitable<Endpoints> endpoints_of(const net::any_io_executor& executor,
                                       const Config::Upstream& config, const std::string& host,
                                       std::uint16_t port, const MayConnect& may_connect,
                                       const net::any_io_executor& names) {
  if (const auto* elsewhere = override_for(config, host))
    co_return Endpoints{{net::ip::make_address(elsewhere->address), elsewhere->port}};
  auto found =
      co_await resolve(executor, names ? names : executor, config.connect_timeout, host, port);
  co_return allowed(std::move(found), may_connect);
}

// To the first that takes the connection.
net::awaitable<net::ip::tcp::socket> connect_any(const net::any_io_executor& executor,
                                                 std::chrono::milliseconds limit,
                                                 const Endpoints& endpoints) {
  error_code error = net::error::host_not_found;
  for (const auto& endpoint : endpoints) {
    net::ip::tcp::socket socket(executor);
    {
      const ConnectDeadline deadline(executor, limit, [&socket] { socket.close(); });
      co_await socket.async_connect(endpoint, net::redirect_error(net::use_awaitable, error));
      if (!error && deadline.passed()) error = net::error::timed_out;
    }
    if (error) continue;
    socket.set_option(net::ip::tcp::no_delay(true));
    co_return socket;
  }
  throw boost::system::system_error(error, "connect");
}

}  // namespace

const HostOverride* override_for(const Config::Upstream& config, std::string_view host) {
  const auto found = std::ranges::find_if(
      config.connect, [&](const HostOverride& o) { return proxy::host_matches(o.host, host); });
  return found == config.connect.end() ? nullptr : &*found;
}

net::awaitable<net::ip::tcp::socket> dial(const net::any_io_executor& executor,
                                          const Config::Upstream& config, std::string host,
                                          std::uint16_t port, MayConnect may_connect,
                                          net::any_io_executor names) {
  const auto endpoints = co_await endpoints_of(executor, config, host, port, may_connect, names);
  co_return co_await connect_any(executor, config.connect_timeout, endpoints);
}

net::awaitable<net::ip::tcp::socket> dial_address(const net::any_io_executor& executor,
                                                  const Config::Upstream& config,
                                                  net::ip::tcp::endpoint endpoint) {
  const Endpoints endpoints{endpoint};
  co_return co_await connect_any(executor, config.connect_timeout, endpoints);
}

}  // namespace kerros::io
