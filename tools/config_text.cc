// The kerros.toml of a new installation: what differs from the defaults, and what an operator looks
// for first.
#include <algorithm>

#include "gateway/config_keys.h"
#include "gateway/config_values.h"
#include "tools/new_installation.h"

namespace kerros::tools {
namespace {

using config::quote;

// The public name carries the port unless it is 443, or 0, where only the running gateway knows it.
std::string public_name(const NewInstallation& wanted) {
  const auto endpoint = config::parse_endpoint(wanted.graph_listen);
  const bool named = wanted.name.find(':') != std::string::npos;
  if (named || !endpoint || endpoint->port == 443 || endpoint->port == 0) return wanted.name;
  return wanted.name + ":" + std::to_string(endpoint->port);
}

bool is_sharepoint(const std::string& host) {
  return host == "*.sharepoint.com" || host.ends_with(".sharepoint.com");
}

// Hosts that content comes from: the default, and whatever else the operator gave an address.
std::string content_hosts(const NewInstallation& wanted) {
  std::string list = quote("*.sharepoint.com");
  for (const auto& entry : wanted.upstream) {
    const bool other = entry.host == Config::Upstream{}.graph_host ||
                       entry.host == "login.microsoftonline.com" || is_sharepoint(entry.host);
    if (!other) list += ", " + quote(entry.host);
  }
  return "[" + list + "]";
}

std::string upstream_text(const NewInstallation& wanted) {
  std::string text = "[upstream]\ncontent_hosts = " + content_hosts(wanted) + "\n";
  if (!wanted.upstream_ca.empty()) text += "ca_file = \"tls/upstream-ca.pem\"\n";
  for (const auto& entry : wanted.upstream)
    text += "\n[[upstream.connect]]\nhost = " + quote(entry.host) +
            "\naddress = " + quote(to_text(config::Endpoint{entry.address, entry.port})) + "\n";
  return text + "\n";
}

// The PAC file names what workstations reach: the public name, unless it is this host's own
// "localhost", or the port is only known once the gateway runs.
std::string proxy_text(const NewInstallation& wanted) {
  const auto listen = config::parse_endpoint(wanted.proxy_listen);
  if (!listen) return "";
  std::string text = "[proxy]\nlisten = " + quote(wanted.proxy_listen) + "\n";
  const auto host = wanted.name.substr(0, wanted.name.find(':'));
  if (host != "localhost" && listen->port != 0)
    text += "name = " + quote(host + ":" + std::to_string(listen->port)) + "\n";
  return text + "certificate = " + quote(Config::Proxy{}.certificate) +
         "\nprivate_key = " + quote(Config::Proxy{}.private_key) + "\n\n";
}

std::string policy_text(const NewInstallation& wanted) {
  std::string text = "[[policy.rule]]\nname = \"secret\"\n";
  if (wanted.protect.empty()) return text + "# No paths: everything in every drive is sealed.\n";
  text += "paths = [";
  for (std::size_t i = 0; i < wanted.protect.size(); ++i)
    text += (i == 0 ? "" : ", ") + quote(wanted.protect[i]);
  return text + "]\n";
}

std::string unseal_text(const NewInstallation& wanted) {
  if (wanted.passphrase) return "[unseal]\nmethod = \"passphrase\"\n\n";
  return "[unseal]\nmethod = \"keyfile\"\n"
         "# Never back this up beside the store: whoever has both opens every file.\n"
         "key_file = " +
         quote(wanted.key_file.empty() ? Config::Unseal{}.key_file : wanted.key_file) + "\n\n";
}

}  // namespace

std::string config_text(const NewInstallation& wanted, const std::string& sessions) {
  return "# Made by `kerros init`. Every other key has its default; docker/kerros.toml explains\n"
         "# them all. Relative paths are taken from this directory.\n\n"
         "unit = " +
         quote(wanted.unit) +
         "\n\n"
         "[graph_door]\n"
         "listen = " +
         quote(wanted.graph_listen) +
         "\n"
         "name = " +
         quote(public_name(wanted)) +
         "\n"
         "certificate = \"tls/server.pem\"\n"
         "private_key = \"tls/server.key\"\n\n" +
         proxy_text(wanted) +
         "[admin]\n"
         "listen = " +
         quote(wanted.admin_listen) +
         "\n"
         "socket = \"run/admin.sock\"\n\n"
         "[store]\n"
         "directory = \"store\"\n"
         "# Running upload sessions belong on tmpfs: never into a backup, never past a power cut.\n"
         "sessions = " +
         quote(sessions) + "\n\n" + unseal_text(wanted) +
         "[audit]\n"
         "directory = \"audit\"\n\n" +
         upstream_text(wanted) + policy_text(wanted);
}

}  // namespace kerros::tools
