// kerros proxy ca: the authority whose certificates intercepted hosts are answered with.
#include <memory>

#include "gateway/complaint.h"
#include "tools/commands.h"
#include "tools/output.h"
#include "tools/proxy_authority.h"
#include "tools/proxy_change.h"

namespace kerros::tools {
namespace {

struct Options {
  std::string certificate;
  std::string key;
  bool dry_run = false;
  bool json = false;
};

Outcome publish(const Config& config, const Globals& globals, const tls::Certificate& authority,
                std::string_view change, const Options& options) {
  const auto description =
      describe_authority(tls::CertificateInfo(authority.shared_certificate()), config.proxy);
  if (options.dry_run) {
    print_object(description, options.json);
    return ExitCode::kDone;
  }
  const auto runs = on_record(
      config, globals,
      {std::string(change), config.proxy.certificate, "sha256 " + authority.fingerprint()},
      [&] { return publish_authority(authority, config.proxy); });
  if (!runs) return tl::unexpected(runs.error());
  print_object(description, options.json);
  remind_of_reload(config, *runs);
  return ExitCode::kDone;
}

Outcome init(const Globals& globals, const Options& options) {
  const auto config = load_config(globals);
  if (!config) return tl::unexpected(config.error());
  const auto authority = make_proxy_authority(*config);
  if (!authority) return tl::unexpected(authority.error());
  if (auto ok = free_for_authority(config->proxy); !ok) return tl::unexpected(ok.error());
  return publish(*config, globals, *authority, "ca-init", options);
}

Outcome import(const Globals& globals, const Options& options) {
  const auto config = load_config(globals);
  if (!config) return tl::unexpected(config.error());
  if (auto ok = free_for_authority(config->proxy); !ok) return tl::unexpected(ok.error());
  const auto authority = tls::Certificate::read_authority(options.certificate, options.key);
  if (!authority)
    return tl::unexpected(complain(authority.error().code, "this authority cannot be imported",
                                   authority.error().detail,
                                   "it takes an authority's certificate, then those that lead to "
                                   "its root, and its unencrypted key, all as PEM")
                              .value());
  if (auto ok = judge_authority(*authority, config->proxy); !ok) return tl::unexpected(ok.error());
  if (tls::CertificateInfo(authority->shared_certificate()).only_below().empty())
    warn("this authority may sign for every host: whoever takes its key can pass for any of them");
  return publish(*config, globals, *authority, "ca-import", options);
}

Outcome show(const Globals& globals, bool json) {
  const auto config = load_config(globals);
  if (!config) return tl::unexpected(config.error());
  const auto info = tls::CertificateInfo::read(config->proxy.certificate);
  if (!info)
    return tl::unexpected(complain(info.error().code, "there is no authority to show",
                                   info.error().detail,
                                   "`kerros proxy ca init` makes one, `kerros proxy ca import` "
                                   "takes one of the organisation's")
                              .value());
  print_object(describe_authority(*info, config->proxy), json);
  return ExitCode::kDone;
}

}  // namespace

std::vector<Command> proxy_ca_commands(const Globals& globals) {
  const auto o = std::make_shared<Options>();
  const std::vector<Option> common = {
      {"--dry-run", "Show what would be installed, change nothing", &o->dry_run, ""},
      {"--json", "Print a JSON object", &o->json, ""}};
  std::vector<Option> importing = {
      {"CERTIFICATE", "The authority's certificate and its chain, PEM", &o->certificate, "", true},
      {"KEY", "Its private key, PEM, not encrypted", &o->key, "", true}};
  importing.insert(importing.end(), common.begin(), common.end());
  return {
      {"proxy ca init",
       "Make an authority that can sign for the interception list and for nothing else.",
       {"kerros proxy ca init", "kerros proxy ca init --dry-run"},
       common,
       [&globals, o] { return init(globals, *o); },
       "Workstations must trust proxy.certificate before the doors are of use to them. An "
       "authority that is there already is never replaced."},
      {"proxy ca import",
       "Take an authority of the organisation's own.",
       {"kerros proxy ca import issuing-ca.pem issuing-ca.key"},
       importing,
       [&globals, o] { return import(globals, *o); },
       "It must be an authority, belong to the key, live longer than a week and be able to sign "
       "for every host of the interception list. Both are copied; remove the key's other copies."},
      {"proxy ca show",
       "Describe the authority, and name the file that workstations install.",
       {"kerros proxy ca show", "kerros proxy ca show --json"},
       {{"--json", "Print a JSON object", &o->json, ""}},
       [&globals, o] { return show(globals, o->json); },
       ""}};
}

}  // namespace kerros::tools
