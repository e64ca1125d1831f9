#include "gateway/io/worker/proxy_side.h"

#include <algorithm>

#include "gateway/complaint.h"
#include "gateway/proxy/connect.h"
#include "gateway/proxy/host_name.h"
#include "gateway/proxy/users_file.h"

namespace kerros::io {

namespace {

Result<std::optional<proxy::Users>> read_users(const Config::Proxy& config) {
  if (config.users_file.empty()) return std::nullopt;
  const auto listed = proxy::read_users_file(config.users_file);
  auto users = listed ? proxy::Users::make(*listed) : tl::unexpected(listed.error());
  if (!users)
    return complain(users.error().code, users.error().detail,
                    "who may use the proxy door is known or the door stays closed",
                    "check `proxy.users_file`; `kerros proxy user add NAME` writes it");
  return std::optional<proxy::Users>(*std::move(users));
}

Result<std::vector<proxy::Network>> read_networks(const Config& config) {
  std::vector<proxy::Network> networks;
  for (const std::string& text : config.proxy.client_networks) {
    const auto network = proxy::parse_network(text);
    if (!network)
      return complain(ErrorCode::kMalformed, "`proxy.client_networks` holds \"" + text + "\"",
                      "it is no network, so that nobody knows whom it admits",
                      "write networks like \"10.0.0.0/8\"");
    networks.push_back(*network);
  }
  return networks;
}

}  // namespace

bool ProxySide::admits(const proxy::Address& client) const {
  return std::ranges::any_of(networks,
                             [&](const proxy::Network& one) { return one.contains(client); });
}

bool ProxySide::intercepts(std::string_view host) const {
  return proxy::host_matches_any(rules.intercept, host);
}

Result<std::shared_ptr<const ProxySide>> ProxySide::make(const Config& config) {
  const Config::Proxy& p = config.proxy;
  auto authority = tls::Certificate::read_authority(p.certificate, p.private_key);
  if (!authority)
    return complain(authority.error().code, authority.error().detail,
                    "intercepted connections are answered with certificates that it signs",
                    "check `proxy.certificate` and `proxy.private_key`, or make one with `kerros "
                    "proxy ca init`");
  auto users = read_users(p);
  if (!users) return tl::unexpected(users.error());
  auto networks = read_networks(config);
  if (!networks) return tl::unexpected(networks.error());
  std::vector<std::string> lasting;
  for (const std::string& host : p.intercept)
    if (!host.starts_with("*.")) lasting.push_back(proxy::lower(host));
  const std::string name = p.name.empty() ? p.listen : p.name;
  return std::shared_ptr<const ProxySide>(
      new ProxySide{{p.intercept, p.exempt, p.ports},
                    *std::move(networks),
                    *std::move(users),
                    proxy::pac_file(p.intercept, name),
                    tls::LeafCertificates(*std::move(authority), lasting)});
}

}  // namespace kerros::io
