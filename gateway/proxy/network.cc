#include "gateway/proxy/network.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <span>
#include <string>

namespace kerros::proxy {
namespace {

constexpr std::array<std::uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr unsigned kMappedBits = 96;

bool is_mapped(const Address& address) {
  return std::equal(kMapped.begin(), kMapped.end(), address.begin());
}

Address mapped(std::span<const std::uint8_t> four) {
  Address address{};
  std::ranges::copy(kMapped, address.begin());
  std::ranges::copy(four, address.begin() + kMapped.size());
  return address;
}

bool is_in_any(const Address& address, std::span<const Network> networks) {
  return std::ranges::any_of(networks, [&](const Network& n) { return n.contains(address); });
}

template <std::size_t N>
std::array<Network, N> networks(const std::array<std::string_view, N>& texts) {
  std::array<Network, N> all;
  std::ranges::transform(texts, all.begin(), [](auto text) { return *parse_network(text); });
  return all;
}

// Not globally reachable, by the registries named in the header.
const auto& special() {
  static const auto all = networks(std::to_array<std::string_view>(
      {"0.0.0.0/8",     "10.0.0.0/8",      "100.64.0.0/10",  "127.0.0.0/8",    "169.254.0.0/16",
       "172.16.0.0/12", "192.0.0.0/24",    "192.0.2.0/24",   "192.88.99.0/24", "192.168.0.0/16",
       "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4",    "240.0.0.0/4",
       "::/128",        "::1/128",         "64:ff9b:1::/48", "100::/64",       "2001::/23",
       "2001:db8::/32", "3fff::/20",       "5f00::/16",      "fc00::/7",       "fe80::/10",
       "fec0::/10",     "ff00::/8"}));
  return all;
}

// The IPv4 address that travels inside, where a gateway on the way would take it out.
std::optional<Address> carried(const Address& address) {
  static const auto nat64 = *parse_network("64:ff9b::/96");
  static const auto six_to_four = *parse_network("2002::/16");
  static const auto compatible = *parse_network("::/96");
  const std::span<const std::uint8_t> bytes(address);
  if (nat64.contains(address) || compatible.contains(address)) return mapped(bytes.subspan(12, 4));
  if (six_to_four.contains(address)) return mapped(bytes.subspan(2, 4));
  return std::nullopt;
}

}  // namespace

std::optional<Address> parse_address(std::string_view text) {
  const std::string ended(text);
  std::array<std::uint8_t, 4> four{};
  if (::inet_pton(AF_INET, ended.c_str(), four.data()) == 1) return mapped(four);
  Address address{};
  if (::inet_pton(AF_INET6, ended.c_str(), address.data()) == 1) return address;
  return std::nullopt;
}

bool Network::contains(const Address& other) const {
  const unsigned whole = prefix_bits / 8;
  if (!std::equal(address.begin(), address.begin() + whole, other.begin())) return false;
  const unsigned rest = prefix_bits % 8;
  if (rest == 0) return true;
  const auto mask = static_cast<std::uint8_t>(0xff00u >> rest);
  return (address[whole] & mask) == (other[whole] & mask);
}

std::optional<Network> parse_network(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto address = parse_address(text.substr(0, slash));
  if (!address) return std::nullopt;
  const bool is_four = is_mapped(*address) && text.find('.') != std::string_view::npos &&
                       text.find(':') == std::string_view::npos;
  const unsigned offset = is_four ? kMappedBits : 0;
  Network network{*address, 128};
  if (slash != std::string_view::npos) {
    const std::string_view digits = text.substr(slash + 1);
    unsigned bits = 0;
    const auto [end, failed] = std::from_chars(digits.begin(), digits.end(), bits);
    if (failed != std::errc{} || end != digits.end() || bits > 128 - offset) return std::nullopt;
    network.prefix_bits = bits + offset;
  }
  for (unsigned bit = network.prefix_bits; bit < 128; ++bit)
    if (network.address[bit / 8] & (0x80u >> bit % 8)) return std::nullopt;
  return network;
}

bool is_public(const Address& address) {
  static const auto global_unicast = *parse_network("2000::/3");  // RFC 4291 2.4
  if (is_in_any(address, special())) return false;
  if (const auto inner = carried(address)) return is_public(*inner);
  return is_mapped(address) || global_unicast.contains(address);
}

}  // namespace kerros::proxy
