// Addresses and networks: who may use the proxy, and where a tunnel may lead.
//
// Thread safety: pure functions and plain values.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace kerros::proxy {

// An IPv4 address is kept as its IPv4-mapped IPv6 form (RFC 4291 2.5.5.2), so that both spellings
// of one address are one value.
using Address = std::array<std::uint8_t, 16>;

std::optional<Address> parse_address(std::string_view text);  // "192.0.2.1", "2001:db8::1"

struct Network {
  Address address{};
  unsigned prefix_bits = 0;  // of 128

  bool contains(const Address& other) const;
};
// "10.0.0.0/8", "2001:db8::/32", or a single address. nullopt also when bits stand right of the
// prefix: "10.1.2.3/8" is more likely a slip than a wish.
std::optional<Network> parse_network(std::string_view text);

// Whether an address belongs to the public internet: not loopback, private, link-local, shared,
// unspecified, multicast, documentation, benchmarking or reserved, nor one of these inside an
// IPv4-mapped, NAT64 or 6to4 address. Source: the IANA special-purpose address registries
// (RFC 6890), "Globally Reachable".
bool is_public(const Address& address);

}  // namespace kerros::proxy
