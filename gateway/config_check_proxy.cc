// What must hold between the values of [proxy], and between them and the rest.

#include "gateway/config_check.h"
#include "gateway/config_values.h"
#include "gateway/proxy/connect.h"
#include "gateway/proxy/host_name.h"

namespace kerros::config {
namespace {

Status check_addresses(const Config& c) {
  const auto& p = c.proxy;
  const auto listen = parse_endpoint(p.listen);
  const bool any_port = listen && listen->port == 0;  // then no two are the same
  if (p.listen.empty() || any_port) return {};
  if (p.listen == p.redirect_listen || p.listen == c.graph_door.listen)
    return refuse(c, "`proxy.listen` is the address of another door: \"" + p.listen + "\"",
                  "each door understands another beginning of a connection",
                  "give it a port of its own, such as \"" + listen->address + ":3128\"");
  return {};
}

Status check_name(const Config& c) {
  const auto& p = c.proxy;
  if (p.name.empty()) {
    const auto listen = parse_endpoint(p.listen);
    const bool every = listen && (listen->address == "0.0.0.0" || listen->address == "::");
    if (!every) return {};
    return refuse(c, "`proxy.name` is empty, and `proxy.listen` is every address of this host",
                  "the PAC file must name one that workstations reach",
                  "write the proxy's name and port, such as \"proxy.example.org:3128\"");
  }
  const auto named = proxy::parse_authority(p.name);
  if (named && is_host_name(named->host, false)) return {};
  return refuse(c, "`proxy.name` is not a host name and a port: \"" + p.name + "\"",
                "the PAC file names it, and a proxy has no usual port",
                "write the proxy's name and port, such as \"proxy.example.org:3128\"");
}

Status check_intercepted(const Config& c) {
  const auto& list = c.proxy.intercept;
  for (const auto& pattern : list)
    if (pattern.starts_with("*.") && pattern.find('.', 2) == std::string::npos)
      return refuse(c, "`proxy.intercept` holds \"" + pattern + "\"",
                    "that is a whole top-level domain, and what is intercepted is decrypted",
                    "name the cloud's hosts, such as \"*.sharepoint.com\"");
  const auto& graph = c.upstream.graph_host;
  const bool listed = proxy::host_matches_any(list, graph);
  if (!c.proxy.is_on() || listed) return {};
  return refuse(c, "`proxy.intercept` leaves out `upstream.graph_host`, \"" + graph + "\"",
                "what workstations send there would pass as it is", "add it to the list");
}

Status check_authority(const Config& c) {
  const auto& p = c.proxy;
  for (const auto& [key, value] : {std::pair("proxy.certificate", p.certificate),
                                   std::pair("proxy.private_key", p.private_key)})
    if (p.is_on() && value.empty())
      return refuse(c, "`" + std::string(key) + "` is empty",
                    "intercepted connections are answered with certificates of this authority",
                    "leave the key out for its default, and run `kerros proxy ca init`");
  if (lies_in(p.private_key, c.store.directory))
    return refuse(c, "`proxy.private_key` lies inside `store.directory`",
                  "every backup of the store would carry the authority's key",
                  "move the key file out of the store and name its new place");
  return {};
}

}  // namespace

Status check_proxy(const Config& config) {
  for (const auto one : {check_addresses, check_name, check_intercepted, check_authority})
    if (auto ok = one(config); !ok) return ok;
  return {};
}

}  // namespace kerros::config
