// kerros.toml as values: every key with its default, every error with line and key.
//
// The shipped docker/kerros.toml is the manual of these keys. Unknown keys are errors. Relative
// paths are taken from the configuration file's directory.
// Thread safety: plain values, built whole and never changed.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/aead.h"
#include "crypto/result.h"
#include "gateway/policy/decide.h"

namespace kerros {

struct HostOverride {   // [[upstream.connect]]: connect there instead of resolving the host
  std::string host;     // "graph.microsoft.com" or "*.sharepoint.com"; TLS name and Host stay
  std::string address;  // "127.0.0.1"
  std::uint16_t port = 443;
};

struct Config {
  std::string file;  // where it was read from

  struct GraphDoor {
    std::string listen = "127.0.0.1:8443";
    std::string name = "localhost";  // the public host name, with ":port" when it is not 443
    std::string certificate = "tls/server.pem";
    std::string private_key = "tls/server.key";
  } graph_door;

  struct Proxy {  // the doors of workstations that know nothing of Kerros; empty addresses: closed
    std::string listen;           // CONNECT and the PAC file
    std::string redirect_listen;  // connections that the network sends here
    std::string name;             // "host:port" that the PAC file names; empty: `listen` itself
    std::vector<std::string> intercept = {"graph.microsoft.com", "*.sharepoint.com"};
    std::string certificate = "tls/proxy-ca.pem";  // the authority that signs for those hosts
    std::string private_key = "secrets/proxy-ca.key";
    std::string users_file;  // gateway/proxy/users_file.h; empty: networks alone decide
    std::vector<std::string> client_networks = {
        "127.0.0.0/8", "::1", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"};
    std::vector<std::uint16_t> ports = {443};
    std::vector<std::string> exempt;  // may lead to private addresses and other ports
    std::chrono::milliseconds tunnel_idle{900'000};
    std::uint64_t tunnels = 4096;

    bool is_on() const { return !listen.empty() || !redirect_listen.empty(); }
  } proxy;

  struct Admin {
    std::string listen = "127.0.0.1:9480";  // /healthz, /readyz: plain HTTP
    std::string socket = "run/admin.sock";
  } admin;

  struct Store {
    std::string directory = "store";
    std::string sessions = "run/sessions";  // on tmpfs in an installation
    std::string spool = "run/spool";        // sealed bytes of uploads of unknown length
    std::uint64_t items_map_gib = 64;
    std::uint64_t sessions_map_mib = 1024;
  } store;

  struct Unseal {
    enum class Method : std::uint8_t { kKeyFile, kPassphrase } method = Method::kKeyFile;
    std::string key_file = "secrets/root.key";  // with kKeyFile; never inside the store
  } unseal;

  struct Keys {
    std::chrono::milliseconds rotate_after = std::chrono::hours(24 * 365);  // 0: never warns
  } keys;

  struct Audit {
    std::string directory = "audit";
    std::string origin;                   // default: "kerros/" and the random tenant id
    std::string checkpoint_copy;          // file elsewhere; empty: none
    std::uint32_t retention_months = 24;  // 0: records stay for ever
  } audit;

  struct Upstream {
    std::string graph_host = "graph.microsoft.com";
    std::vector<std::string> content_hosts = {
        "*.sharepoint.com"};  // redirects and uploads go only there
    std::string ca_file;      // empty: the system's
    std::vector<HostOverride> connect;
    std::chrono::milliseconds connect_timeout{10'000};
    std::chrono::milliseconds answer_timeout{90'000};
    std::chrono::milliseconds idle_timeout{60'000};  // no byte either way
  } upstream;

  struct Sealing {
    crypto::Suite suite = crypto::Suite::kAes256Gcm;
    std::string backend = "auto";
  } sealing;

  struct Limits {
    unsigned threads = 0;  // 0: one per core
    std::uint64_t json_bytes = 16u << 20;
    std::uint64_t head_bytes = 64u << 10;
    std::uint64_t buffer_bytes = 192u << 20;  // large buffers of all transfers together
    std::uint64_t connections = 4096;
    std::uint64_t spool_bytes = std::uint64_t{20} << 30;
    std::chrono::milliseconds drain{30'000};
    std::chrono::milliseconds client_idle{120'000};
    std::chrono::milliseconds head_timeout{20'000};
  } limits;

  policy::Rules policy;
  std::string unit;  // name of the unit that seals when a rule names none
  std::string log_level = "info";
};

// kNotFound when the file is not there; kMalformed with "kerros.toml:12: unknown key `x.y`"
// otherwise. The detail holds what, why and what to do, one line each: gateway/complaint.h.
Result<Config> load_config(const std::string& file);
Result<Config> parse_config(std::string_view toml, std::string_view file);

// Every key that differs, one line each: `policy.rule: [...] -> [...]`, for the audit log; secrets
// never are in a configuration.
std::vector<std::string> difference(const Config& before, const Config& after);
// Keys whose change needs a restart, of those that differ.
std::vector<std::string> needs_restart(const Config& before, const Config& after);

}  // namespace kerros
