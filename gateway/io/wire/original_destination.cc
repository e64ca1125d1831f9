#include "gateway/io/wire/original_destination.h"

#include <ifaddrs.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <memory>

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

bool has_address(const ifaddrs& interface, const net::ip::address& wanted) {
  if (interface.ifa_addr == nullptr) return false;
  if (interface.ifa_addr->sa_family == AF_INET && wanted.is_v4()) {
    sockaddr_in v4{};
    std::memcpy(&v4, interface.ifa_addr, sizeof v4);
    return ntohl(v4.sin_addr.s_addr) == wanted.to_v4().to_uint();
  }
  if (interface.ifa_addr->sa_family != AF_INET6 || !wanted.is_v6()) return false;
  sockaddr_in6 v6{};
  std::memcpy(&v6, interface.ifa_addr, sizeof v6);
  return std::ranges::equal(v6.sin6_addr.s6_addr, wanted.to_v6().to_bytes());
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

// The interfaces are asked: whether an address can be bound says nothing where the kernel lets
// addresses be bound that are on another host of a pair (ip_nonlocal_bind).
bool is_own_address(const net::ip::address& address) {
  const auto wanted = unmapped(address);
  if (wanted.is_loopback() || wanted.is_unspecified()) return true;
  ifaddrs* first = nullptr;
  if (::getifaddrs(&first) != 0) return true;  // nothing is known, so nothing is passed on
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> all(first, &::freeifaddrs);
  for (const ifaddrs* one = first; one != nullptr; one = one->ifa_next)
    if (has_address(*one, wanted)) return true;
  return false;
}

}  // namespace kerros::io
