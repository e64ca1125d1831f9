// How values are written in kerros.toml and on the command line: durations, sizes, addresses.
//
// Thread safety: pure functions.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace kerros::config {

// "500ms", "30s", "5m", "24h", "90d": a whole number and its unit.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);
std::string to_text(std::chrono::milliseconds duration);

// "4096B", "64KiB", "16 MiB", "20GiB": binary units only, so that nobody has to guess.
std::optional<std::uint64_t> parse_size(std::string_view text);
std::string size_text(std::uint64_t bytes);

// A numeric address and a port: "127.0.0.1:8443", "[::1]:8443". Names are not taken: what a
// listener binds or an override connects to must not depend on a resolver.
struct Endpoint {
  std::string address;
  std::uint16_t port = 0;
};
std::optional<Endpoint> parse_endpoint(std::string_view text);
std::string to_text(const Endpoint& endpoint);

// A host name as TLS and HTTP use it, without port; with `wildcard` also "*.example.org".
bool is_host_name(std::string_view text, bool wildcard);

// The known word nearest to a misspelt one; empty when none is near.
std::string_view nearest(std::string_view word, std::span<const std::string_view> known);

}  // namespace kerros::config
