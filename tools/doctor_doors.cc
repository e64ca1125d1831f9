// The middle of `kerros doctor`: what listens, what the PAC file says, and whether a connection
// through the proxy is answered by the authority.
#include <algorithm>

#include "gateway/config_values.h"
#include "gateway/proxy/connect.h"
#include "gateway/proxy/host_name.h"
#include "gateway/sharepoint/hosts.h"
#include "tools/doctor_report.h"
#include "tools/probe.h"

namespace kerros::tools {
namespace {

using config::Endpoint;

constexpr std::chrono::seconds kPatience{5};
constexpr std::string_view kOtherHost = "www.example.org";
constexpr std::string_view kFireWall = "check host, port and packet filter: docs/operations.md 13";

// Where this host reaches what is bound there; nullopt: nowhere that could be known.
std::optional<Endpoint> reachable(const std::string& listen) {
  auto endpoint = config::parse_endpoint(listen);
  if (!endpoint || endpoint->port == 0) return std::nullopt;
  if (endpoint->address == "0.0.0.0") endpoint->address = "127.0.0.1";
  if (endpoint->address == "::") endpoint->address = "::1";
  return endpoint;
}

bool answers(const Endpoint& endpoint) {
  return Probe::connect(endpoint.address, endpoint.port, kPatience).has_value();
}

void check_listener(const std::string& name, const std::string& listen, const Gateway& gateway,
                    Report& report) {
  const auto endpoint = reachable(listen);
  if (!endpoint) return;
  const bool there = answers(*endpoint);
  if (gateway.runs == Gateway::Runs::kNo && there)
    report.fail(name, "another program answers at " + listen,
                "end it, or give the gateway another address");
  else if (gateway.runs == Gateway::Runs::kYes && !there)
    report.fail(name, "nothing answers at " + listen,
                "restart the gateway if the address was changed; then " + std::string(kFireWall));
  else if (there)
    report.ok(name, listen + " answers");
}

std::string pac_name(const Config::Proxy& proxy) {
  return proxy.name.empty() ? proxy.listen : proxy.name;
}

std::string says(const Config::Proxy& proxy, std::string_view host) {
  const bool listed = std::ranges::any_of(proxy.intercept, [&](const std::string& pattern) {
    return proxy::host_matches(pattern, host);
  });
  return std::string(host) + " -> " + (listed ? "PROXY " + pac_name(proxy) : "DIRECT");
}

void check_pac(const Config& config, const Endpoint& endpoint, Report& report) {
  auto probe = Probe::connect(endpoint.address, endpoint.port, kPatience);
  const auto answer = probe ? probe->ask("GET", "/proxy.pac", to_text(endpoint))
                            : Result<HttpAnswer>(tl::unexpected(probe.error()));
  const auto url = "http://" + pac_name(config.proxy) + "/proxy.pac";
  if (!answer)
    return report.fail("pac-file", url + " cannot be read: " + answer.error().detail,
                       std::string(kFireWall));
  if (answer->status != 200)
    return report.fail("pac-file", url + " is answered with " + std::to_string(answer->status),
                       "this host must be in proxy.client_networks to look");
  if (answer->body != proxy::pac_file(config.proxy.intercept, pac_name(config.proxy)))
    return report.fail("pac-file", url + " is not what this configuration says",
                       "reload or restart the gateway");
  report.ok("pac-file", url + ": " + says(config.proxy, config.upstream.graph_host) + "; " +
                            says(config.proxy, kOtherHost));
}

// What a workstation would be told, and cannot use.
void check_name(const Config::Proxy& proxy, Report& report) {
  const auto authority = proxy::parse_authority(pac_name(proxy));
  const bool here = authority && (authority->host == "localhost" || authority->host == "::1" ||
                                  authority->host.starts_with("127."));
  if (here)
    report.warn("proxy-name", "the PAC file names " + pac_name(proxy) + ", this host to itself",
                "set proxy.listen and proxy.name to what workstations reach");
}

// The whole way of an intercepted connection, as far as the door; nothing is asked of the cloud.
Status intercepted(const Config& config, const Endpoint& endpoint) {
  const auto& graph = config.upstream.graph_host;
  auto context = tls::Context::client({config.proxy.certificate});
  if (!context) return tl::unexpected(context.error());
  auto probe = Probe::connect(endpoint.address, endpoint.port, kPatience);
  if (!probe) return tl::unexpected(probe.error());
  const auto answer = probe->ask("CONNECT", graph + ":443", graph + ":443");
  if (!answer) return tl::unexpected(answer.error());
  if (answer->status == 407) return {};
  if (answer->status != 200)
    return fail(ErrorCode::kUnavailable,
                "CONNECT is answered with " + std::to_string(answer->status));
  return probe->start_tls(*std::move(context), graph);
}

}  // namespace

void check_doors(const Config& config, const Gateway& gateway, Report& report) {
  const auto& graph =
      gateway.graph_listen.empty() ? config.graph_door.listen : gateway.graph_listen;
  check_listener("graph-door", graph, gateway, report);
  check_listener("health", config.admin.listen, gateway, report);
  check_listener("proxy-door", config.proxy.listen, gateway, report);
  check_listener("redirect-door", config.proxy.redirect_listen, gateway, report);
  if (!config.proxy.is_on())
    return report.ok("proxy", "no proxy door is set up: clients must name the Graph door");
  const auto endpoint = reachable(config.proxy.listen);
  if (!endpoint || gateway.runs == Gateway::Runs::kNo || !answers(*endpoint)) return;
  check_pac(config, *endpoint, report);
  check_name(config.proxy, report);
  const auto& graph_host = config.upstream.graph_host;
  if (auto ok = intercepted(config, *endpoint); !ok)
    report.fail("interception", graph_host + " through the proxy: " + ok.error().detail,
                "the proxy's authority must be the one in " + config.proxy.certificate +
                    "; reload the gateway");
  else
    report.ok("interception", graph_host + " through the proxy is answered here");
}

void check_interception(const Config& config, Report& report) {
  if (!config.proxy.is_on()) return;
  const auto& list = config.proxy.intercept;
  for (const auto& content : config.upstream.content_hosts) {
    const auto below = content.starts_with("*.") ? "a" + content.substr(1) : content;
    if (std::ranges::none_of(
            list, [&](const std::string& pattern) { return proxy::host_matches(pattern, below); }))
      report.warn("intercept", content + " holds content and is not on the list",
                  "add it to proxy.intercept, or what workstations send there passes unread");
  }
  for (const auto& pattern : list) {
    const auto below = pattern.starts_with("*.") ? "a" + pattern.substr(1) : pattern;
    const auto kind = sharepoint::kind_of(below);
    if (kind == sharepoint::HostKind::kOther)
      report.warn("intercept", pattern + " is no host of a cloud that Kerros knows",
                  "remove it from proxy.intercept: what is not known there is refused");
  }
  if (!config.proxy.redirect_listen.empty())
    report.warn("udp-443", "whether UDP 443 is blocked cannot be seen from here",
                "block it towards the cloud, or HTTP/3 goes past the door: docs/operations.md 13");
}

}  // namespace kerros::tools
