#include "gateway/proxy/interception.h"

#include <algorithm>

#include "gateway/proxy/host_name.h"

namespace kerros::proxy {
namespace {

constexpr std::string_view kOtherPort =
    "Connections to this port are not allowed; only the HTTPS port is.";

bool is_usual(const Rules& rules, std::uint16_t port) {
  return std::ranges::find(rules.ports, port) != rules.ports.end();
}

}  // namespace

Decision decide(const Rules& rules, std::string_view host, std::uint16_t port) {
  const bool exempt = host_matches_any(rules.exempt, host);
  if (!exempt && is_address_literal(host))
    return {Way::kRefuse, "Connections by address are not allowed; use the host's name."};
  if (!exempt && !is_dns_name(host)) return {Way::kRefuse, "This is not a host name."};
  const bool usual_port = is_usual(rules, port);
  // An intercepted host on another port would pass unseen, so an exemption does not help there.
  if (host_matches_any(rules.intercept, host)) {
    if (!is_certifiable(host))
      return {Way::kRefuse, "No server of this name can show a certificate."};
    if (usual_port) return {Way::kTerminate, {}};
    return {Way::kRefuse, "This host is protected and can be reached on the HTTPS port only."};
  }
  if (!usual_port && !exempt) return {Way::kRefuse, kOtherPort};
  return {Way::kTunnel, {}};
}

Decision decide_unnamed(const Rules& rules, std::uint16_t port) {
  if (!is_usual(rules, port)) return {Way::kRefuse, kOtherPort};
  return {Way::kTunnel, {}};
}

bool may_connect(const Rules& rules, std::string_view host, const Address& address) {
  return is_public(address) || host_matches_any(rules.exempt, host);
}

}  // namespace kerros::proxy
