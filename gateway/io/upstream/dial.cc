#include "gateway/io/upstream/dial.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "gateway/proxy/host_name.h"

namespace kerros::io {

namespace {

constexpr std::size_t kMostAddresses = 8;

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

using Resolver = net::ip::tcp::resolver;

// One name's. A lookup that has begun ends when the system's resolver pleases, so nobody waits for
// more than `over`; what comes later is dropped.
struct Lookup {
  Lookup(const net::any_io_executor& executor, std::chrono::milliseconds limit)
      : over(executor, limit) {}

  void end(const error_code& result, const Resolver::results_type& found) {
    error = result;
    for (const auto& entry : found) endpoints.push_back(entry.endpoint());
    over.cancel();
  }

  net::steady_timer over;
  error_code error = net::error::timed_out;  // until it has ended
  Endpoints endpoints;
};

// The resolver is used and destroyed on the executor of `names` alone, by the handler that holds
// it: it must not outlive the context that looks names up.
net::awaitable<Endpoints> resolve(const net::any_io_executor& executor,
                                  const net::any_io_executor& names,
                                  std::chrono::milliseconds limit, const std::string& host,
                                  std::uint16_t port) {
  const auto lookup = std::make_shared<Lookup>(executor, limit);
  auto resolver = std::make_shared<Resolver>(names);
  const std::weak_ptr<Resolver> asked = resolver;
  net::post(names, [lookup, executor, resolver = std::move(resolver), host, port] {
    resolver->async_resolve(
        host, std::to_string(port),
        [lookup, executor, resolver](const error_code& error, const Resolver::results_type& found) {
          net::post(executor, [lookup, error, found] { lookup->end(error, found); });
        });
  });
  error_code ignored;
  co_await lookup->over.async_wait(net::redirect_error(net::use_awaitable, ignored));
  if (!lookup->error) co_return std::move(lookup->endpoints);
  // What still waits behind other names need not be looked up.
  net::post(names, [asked] {
    if (const auto waiting = asked.lock()) waiting->cancel();
  });
  throw boost::system::system_error(lookup->error, "resolve");
}

// What may be connected to; throws when that is nothing.
Endpoints allowed(Endpoints endpoints, const MayConnect& may_connect) {
  const bool any = !endpoints.empty();
  if (may_connect)
    std::erase_if(endpoints, [&](const auto& e) { return !may_connect(e.address()); });
  if (any && endpoints.empty())
    throw boost::system::system_error(net::error::access_denied, "address not allowed");
  // Whoever owns a name decides how many it has, and each may cost a whole time limit.
  if (endpoints.size() > kMostAddresses) endpoints.resize(kMostAddresses);
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
