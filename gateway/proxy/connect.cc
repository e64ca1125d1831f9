#include "gateway/proxy/connect.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "gateway/proxy/host_name.h"

namespace kerros::proxy {
namespace {

std::optional<std::uint16_t> parse_port(std::string_view digits) {
  std::uint16_t port = 0;
  const auto [end, failed] = std::from_chars(digits.begin(), digits.end(), port);
  if (failed != std::errc{} || end != digits.end() || port == 0) return std::nullopt;
  return port;
}

// A pattern comes from a configuration that was checked; what could end a string is still left out.
bool is_quotable(std::string_view pattern) {
  return pattern.find_first_of("\"\\\r\n") == std::string_view::npos;
}

std::string condition(std::string_view pattern) {
  const bool below = pattern.starts_with("*.");
  if (below) pattern.remove_prefix(1);
  const std::string quoted = '"' + lower(pattern) + '"';
  return below ? "dnsDomainIs(host, " + quoted + ")" : "host === " + quoted;
}

}  // namespace

Result<Authority> parse_authority(std::string_view target) {
  const auto malformed = [] {
    return fail(ErrorCode::kMalformed, "the target of CONNECT is not host:port");
  };
  const std::size_t colon = target.rfind(':');
  if (colon == std::string_view::npos) return malformed();
  const auto port = parse_port(target.substr(colon + 1));
  std::string_view host = target.substr(0, colon);
  if (!port || host.empty()) return malformed();
  if (host.front() == '[') {
    if (host.back() != ']' || host.size() < 4) return malformed();
    host = host.substr(1, host.size() - 2);
  } else {
    if (host.ends_with('.')) host.remove_suffix(1);
    if (host.empty() || host.ends_with('.')) return malformed();
    if (host.find_first_of(":[]@/?# \t") != std::string_view::npos) return malformed();
  }
  return Authority{lower(host), *port};
}

std::string pac_file(const std::vector<std::string>& patterns, std::string_view proxy) {
  std::string text =
      "function FindProxyForURL(url, host) {\n"
      "  host = host.toLowerCase();\n";
  for (const std::string& pattern : patterns) {
    if (!is_quotable(pattern)) continue;
    text += "  if (" + condition(pattern) + ") return \"PROXY " + std::string(proxy) + "\";\n";
  }
  return text + "  return \"DIRECT\";\n}\n";
}

}  // namespace kerros::proxy
