// kerros init: a directory that runs as it is.
#include <memory>

#include "gateway/config_values.h"
#include "tools/commands.h"
#include "tools/new_installation.h"
#include "tools/output.h"
#include "tools/passphrase_prompt.h"

namespace kerros::tools {
namespace {

struct Options {
  std::string directory;
  std::string graph_listen = Config::GraphDoor{}.listen;
  std::string admin_listen = Config::Admin{}.listen;
  std::string proxy_listen;
  std::string name = Config::GraphDoor{}.name;
  std::string unit = "main";
  std::string unseal = "keyfile";
  std::string key_file;
  std::string upstream_ca;
  std::vector<std::string> upstream;
  std::vector<std::string> protect;
  bool json = false;
};

tl::unexpected<Failure> wrong(std::string_view what, std::string_view why, std::string_view hint) {
  return tl::unexpected(
      Failure(complain(ErrorCode::kMalformed, what, why, hint).value(), ExitCode::kUsage));
}

tl::expected<std::vector<HostOverride>, Failure> parse_upstream(
    const std::vector<std::string>& entries) {
  std::vector<HostOverride> upstream;
  for (const auto& entry : entries) {
    const auto equals = entry.find('=');
    const auto host = entry.substr(0, equals);
    const auto endpoint = equals == std::string::npos
                              ? std::nullopt
                              : config::parse_endpoint(std::string_view(entry).substr(equals + 1));
    if (!config::is_host_name(host, true) || !endpoint || endpoint->port == 0)
      return wrong("--upstream \"" + entry + "\" cannot be understood",
                   "it is a host name, \"=\", and a numeric address with its port",
                   "for example: --upstream '*.sharepoint.com=127.0.0.1:8445'");
    upstream.push_back({host, endpoint->address, endpoint->port});
  }
  return upstream;
}

tl::expected<void, Failure> check_values(const Options& options) {
  for (const auto& [option, value] : {std::pair("--graph-listen", options.graph_listen),
                                      std::pair("--admin-listen", options.admin_listen)})
    if (!config::parse_endpoint(value))
      return wrong(std::string(option) + " \"" + value + "\" cannot be understood",
                   "it is a numeric address and a port",
                   "for example: " + std::string(option) + " 127.0.0.1:8443");
  const auto proxy = config::parse_endpoint(options.proxy_listen);
  if (!options.proxy_listen.empty() && !proxy)
    return wrong("--proxy-listen \"" + options.proxy_listen + "\" cannot be understood",
                 "it is a numeric address and a port",
                 "for example: --proxy-listen 192.0.2.10:3128");
  if (proxy && (proxy->address == "0.0.0.0" || proxy->address == "::") &&
      (options.name == Config::GraphDoor{}.name || proxy->port == 0))
    return wrong("--proxy-listen \"" + options.proxy_listen + "\" says no address to workstations",
                 "the PAC file names the proxy by --name and the port",
                 "for example: --proxy-listen 0.0.0.0:3128 --name files.example.org");
  for (const auto& glob : options.protect)
    if (!glob.starts_with('/'))
      return wrong("--protect \"" + glob + "\" matches nothing",
                   "paths are matched from the drive's root and begin with \"/\"",
                   "for example: --protect '/Salassa/**'");
  if (options.unit.empty() || printable(options.unit) != options.unit)
    return wrong("--unit is not a name", "it is empty or holds control characters",
                 "for example: --unit hr");
  if (options.unseal != "keyfile" && options.unseal != "passphrase")
    return wrong("--unseal \"" + options.unseal + "\" is not known",
                 "a store is unsealed by \"keyfile\" or by \"passphrase\"",
                 "leave it out for a key file");
  if (options.unseal == "passphrase" && !options.key_file.empty())
    return wrong("--key-file is of no use with --unseal passphrase",
                 "the root key is sealed under the passphrase alone", "leave one of them out");
  return {};
}

Result<std::optional<crypto::SecretBytes>> new_passphrase(const Options& options,
                                                          const Globals& globals) {
  if (options.unseal != "passphrase") return std::nullopt;
  auto text = globals.passphrase_fd >= 0 ? read_passphrase(globals.passphrase_fd)
              : can_prompt()             ? prompt_new_passphrase()
                             : complain(ErrorCode::kUnavailable, "a passphrase is needed",
                                        "there is no terminal to ask it on",
                                        "give it on a descriptor: --passphrase-fd 3 3< FILE");
  if (!text) return tl::unexpected(text.error());
  return std::move(*text);
}

void report(const MadeInstallation& made, bool json) {
  print_object({{"directory", made.directory},
                {"config", made.config},
                {"ca", made.ca},
                {"proxy_ca", made.proxy_ca.empty() ? Json() : Json(made.proxy_ca)},
                {"key_file", made.key_file.empty() ? Json() : Json(made.key_file)},
                {"sessions", made.sessions}},
               json);
  if (!made.key_file.empty())
    warn("back up " + made.key_file + ", but never beside " + made.directory +
         "/store: whoever has both opens every file, and without it nobody opens any");
  else
    warn("without the passphrase nobody opens any file: keep it where the store is not");
  if (!made.sessions_on_tmpfs)
    warn(
        "no tmpfs was found for running uploads: point store.sessions at one, or a power cut or "
        "a backup could bring an old upload back");
}

Outcome init(const Globals& globals, const Options& options) {
  if (auto ok = check_values(options); !ok) return tl::unexpected(ok.error());
  auto upstream = parse_upstream(options.upstream);
  if (!upstream) return tl::unexpected(upstream.error());
  auto passphrase = new_passphrase(options, globals);
  if (!passphrase) return tl::unexpected(passphrase.error());
  NewInstallation wanted;
  wanted.directory = options.directory;
  wanted.graph_listen = options.graph_listen;
  wanted.admin_listen = options.admin_listen;
  wanted.proxy_listen = options.proxy_listen;
  wanted.name = options.name;
  wanted.unit = options.unit;
  wanted.key_file = options.key_file;
  wanted.passphrase = std::move(*passphrase);
  wanted.upstream = std::move(*upstream);
  wanted.upstream_ca = options.upstream_ca;
  wanted.protect = options.protect;
  wanted.actor = os_actor();
  const auto made = make_installation(std::move(wanted));
  if (!made) return tl::unexpected(made.error());
  report(*made, options.json);
  return ExitCode::kDone;
}

}  // namespace

std::vector<Command> init_commands(const Globals& globals) {
  const auto o = std::make_shared<Options>();
  return {
      {"init",
       "Make a new installation: a directory that runs as it is.",
       {"kerros init /var/lib/kerros",
        "kerros init demo --upstream graph.microsoft.com=127.0.0.1:8444 "
        "--upstream '*.sharepoint.com=127.0.0.1:8445' --upstream-ca cloud-ca.pem",
        "kerros init /srv/kerros --name files.example.org --graph-listen 0.0.0.0:443 "
        "--protect '/Salassa/**' --proxy-listen 0.0.0.0:3128"},
       {{"DIR", "Absent or empty; appears whole or not at all", &o->directory, "", true},
        {"--graph-listen", "Where clients connect (127.0.0.1:8443)", &o->graph_listen, "ADDR:PORT"},
        {"--admin-listen", "Where health is asked (127.0.0.1:9480)", &o->admin_listen, "ADDR:PORT"},
        {"--proxy-listen",
         "Open a proxy door there for workstations that know nothing of Kerros, with an authority "
         "of its own (no such door)",
         &o->proxy_listen, "ADDR:PORT"},
        {"--name", "The host name clients use (localhost)", &o->name, "NAME"},
        {"--unit", "The first unit, whose key seals (main)", &o->unit, "NAME"},
        {"--unseal", "How the store is opened at start: keyfile or passphrase (keyfile)",
         &o->unseal, "METHOD"},
        {"--key-file", "Where the key file is made (DIR/secrets/root.key)", &o->key_file, "FILE"},
        {"--upstream",
         "Connect to ADDR:PORT instead of resolving HOST; *.HOST for its "
         "subdomains; may be repeated",
         &o->upstream, "HOST=ADDR:PORT"},
        {"--upstream-ca", "Trust these certificates (PEM) instead of the system's", &o->upstream_ca,
         "FILE"},
        {"--protect",
         "Seal what matches this glob over the drive path; may be repeated; "
         "without it everything is sealed",
         &o->protect, "GLOB"},
        {"--json", "Print a JSON object", &o->json, ""}},
       [&globals, o] { return init(globals, *o); },
       "Start it with `kerros-gateway --config DIR/kerros.toml`; clients trust "
       "DIR/tls/ca.pem. Workstations behind the proxy door trust DIR/tls/proxy-ca.pem; `kerros "
       "doctor` says what else is missing."}};
}

}  // namespace kerros::tools
