#include "gateway/io/doors/listener.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <cstring>

#include "gateway/complaint.h"

namespace kerros::io {

namespace {

constexpr std::string_view kElsewhere =
    "stop what listens there, or change the address in kerros.toml";

}  // namespace

Result<ListenAddress> parse_listen(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  ListenAddress address;
  std::string_view host = text.substr(0, colon == std::string_view::npos ? 0 : colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  address.host = std::string(host);
  const std::string_view port = colon == std::string_view::npos ? "" : text.substr(colon + 1);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), address.port);
  boost::system::error_code bad;
  net::ip::make_address(address.host, bad);
  if (bad || port.empty() || error != std::errc{} || end != port.data() + port.size())
    return fail(ErrorCode::kMalformed,
                "\"" + std::string(text) + "\" is not ADDRESS:PORT, as in 127.0.0.1:8443");
  return address;
}

Result<AddressLock> AddressLock::take(const ListenAddress& address) {
  const std::string name = "kerros-listen-" + address.host + ":" + std::to_string(address.port);
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return fail(ErrorCode::kUnavailable, std::strerror(errno));
  if (address.port == 0) return AddressLock(socket);  // the kernel picks one that is free
  sockaddr_un local{};
  local.sun_family = AF_UNIX;
  const std::size_t size = std::min(name.size(), sizeof local.sun_path - 1);
  std::memcpy(local.sun_path + 1, name.data(), size);  // a leading zero byte: no file
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + size);
  if (::bind(socket, reinterpret_cast<const sockaddr*>(&local), length) != 0) {
    ::close(socket);
    return complain(
        ErrorCode::kConflict,
        "another kerros-gateway listens on " + address.host + ":" + std::to_string(address.port),
        "two of them would share what clients send there", kElsewhere);
  }
  return AddressLock(socket);
}

AddressLock::~AddressLock() {
  if (socket_ >= 0) ::close(socket_);
}

Result<net::ip::tcp::acceptor> listen(const net::any_io_executor& executor,
                                      const ListenAddress& address, Share share) {
  net::ip::tcp::acceptor acceptor(executor);
  error_code error;
  const net::ip::tcp::endpoint endpoint(net::ip::make_address(address.host), address.port);
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(net::socket_base::reuse_address(true), error);
  const int on = 1;
  if (!error && share == Share::kYes)
    ::setsockopt(acceptor.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(net::socket_base::max_listen_connections, error);
  if (error)
    return complain(
        error == net::error::address_in_use ? ErrorCode::kConflict : ErrorCode::kUnavailable,
        "cannot listen on " + address.host + ":" + std::to_string(address.port), error.message(),
        kElsewhere);
  return acceptor;
}

std::string bound_address(const net::ip::tcp::acceptor& acceptor) {
  const auto endpoint = acceptor.local_endpoint();
  const std::string host = endpoint.address().to_string();
  return (endpoint.address().is_v6() ? "[" + host + "]" : host) + ":" +
         std::to_string(endpoint.port());
}

}  // namespace kerros::io
