#include "gateway/io/original_destination.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace kerros::io {

namespace {

constexpr int kOriginalDst = 80;  // SO_ORIGINAL_DST and IP6T_SO_ORIGINAL_DST alike

net::ip::address unmapped(const net::ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    return net::ip::make_address_v4(net::ip::v4_mapped, address.to_v6());
  return address;
}

bool same(const net::ip::tcp::endpoint& a, const net::ip::tcp::endpoint& b) {
  return a.port() == b.port() && unmapped(a.address()) == unmapped(b.address());
}

}  // namespace

std::optional<net::ip::tcp::endpoint> original_destination(net::ip::tcp::socket& socket) {
  error_code error;
  const auto local = socket.local_endpoint(error);
  if (error) return std::nullopt;
  const int level = unmapped(local.address()).is_v4() ? SOL_IP : IPPROTO_IPV6;
  net::ip::tcp::endpoint original;
  auto size = static_cast<socklen_t>(original.capacity());
  if (::getsockopt(socket.native_handle(), level, kOriginalDst, original.data(), &size) != 0)
    return std::nullopt;
  if (same(original, local)) return std::nullopt;
  return original;
}

// An address that can be bound to is one of ours.
bool is_own_address(const net::ip::address& address) {
  const net::ip::tcp::endpoint endpoint(unmapped(address), 0);
  const int socket = ::socket(endpoint.protocol().family(), SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return true;  // nothing is known, so nothing is passed on
  const bool bound = ::bind(socket, endpoint.data(), static_cast<socklen_t>(endpoint.size())) == 0;
  ::close(socket);
  return bound;
}

}  // namespace kerros::io
