#include "tools/new_installation.h"

#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "crypto/bytes.h"
#include "gateway/complaint.h"
#include "gateway/config_values.h"
#include "gateway/installation.h"
#include "gateway/tls/certificate.h"
#include "gateway/tls/context.h"
#include "tools/input_file.h"
#include "tools/proxy_authority.h"
#include "tools/scaffold.h"
#include "tools/whole_output.h"

namespace kerros::tools {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxSocketPath = 107;
constexpr std::uint64_t kMaxCaFile = 1 << 20;

Status check_directory(const std::string& directory) {
  std::error_code error;
  const auto status = fs::symlink_status(directory, error);
  if (status.type() == fs::file_type::not_found) return {};
  if (status.type() == fs::file_type::directory && fs::is_empty(directory, error) && !error)
    return {};
  return complain(ErrorCode::kConflict, directory + " is not an empty directory",
                  "an installation is made whole, and what is there could be one already",
                  "name a directory that does not exist");
}

Status check_socket(const std::string& directory) {
  const auto socket = directory + "/run/admin.sock";
  if (socket.size() <= kMaxSocketPath) return {};
  return complain(ErrorCode::kMalformed, "the path " + directory + " is too long",
                  "its admin socket would pass the system's 107 bytes", "name a shorter one");
}

Status write_file(const std::string& path, std::string_view text, mode_t mode) {
  auto output = WholeOutput::create(path, Replace::kNo);
  if (!output) return tl::unexpected(output.error());
  if (auto ok = output->write(as_bytes(text)); !ok) return ok;
  if (auto ok = output->publish(); !ok) return ok;
  if (::chmod(path.c_str(), mode) != 0) return cannot("write " + path, errno);
  return {};
}

Status copy_upstream_ca(const NewInstallation& wanted, const Scaffold& scaffold) {
  if (wanted.upstream_ca.empty()) return {};
  auto input = InputFile::open(wanted.upstream_ca);
  if (!input) return tl::unexpected(input.error());
  // Read as the gateway will read it, so that a wrong file is found now.
  if (auto usable = tls::Context::client({wanted.upstream_ca}); !usable)
    return complain(ErrorCode::kMalformed, "--upstream-ca cannot be used",
                    complaint_of(usable.error()).what, "name a file of PEM certificates");
  std::string text(std::min(input->size(), kMaxCaFile), '\0');
  const MutableByteView bytes(reinterpret_cast<std::uint8_t*>(text.data()), text.size());
  std::size_t have = 0;
  while (have < bytes.size()) {
    const auto got = input->read_some(bytes.subspan(have));
    if (!got) return tl::unexpected(got.error());
    if (*got == 0) break;
    have += *got;
  }
  return write_file(scaffold.at("tls/upstream-ca.pem"), text.substr(0, have), 0444);
}

std::vector<std::string> certificate_hosts(const NewInstallation& wanted) {
  std::vector<std::string> hosts = {wanted.name.substr(0, wanted.name.find(':'))};
  const auto listen = config::parse_endpoint(wanted.graph_listen);
  for (const std::string& host :
       {std::string("localhost"), std::string("127.0.0.1"), std::string("::1"), listen->address})
    if (std::find(hosts.begin(), hosts.end(), host) == hosts.end() && host != "0.0.0.0" &&
        host != "::")
      hosts.push_back(host);
  return hosts;
}

Status make_certificates(const NewInstallation& wanted, const Scaffold& scaffold) {
  auto authority = tls::Certificate::authority("Kerros at " + certificate_hosts(wanted).front());
  if (!authority) return tl::unexpected(authority.error());
  auto server = authority->issue_server(certificate_hosts(wanted));
  if (!server) return tl::unexpected(server.error());
  if (auto ok = authority->write(scaffold.at("tls/ca.pem"), scaffold.at("secrets/ca.key")); !ok)
    return ok;
  if (auto ok = server->write(scaffold.at("tls/server.pem"), scaffold.at("tls/server.key")); !ok)
    return ok;
  // Certificates are for everybody, whatever the umask says.
  for (const auto* name : {"tls/ca.pem", "tls/server.pem"})
    if (::chmod(scaffold.at(name).c_str(), 0444) != 0)
      return cannot("write " + scaffold.at(name), errno);
  return {};
}

Status make_proxy_door(const Config& config) {
  if (!config.proxy.is_on()) return {};
  const auto authority = make_proxy_authority(config);
  if (!authority) return tl::unexpected(authority.error());
  return publish_authority(*authority, config.proxy);
}

// Two handles for one method: the store is made with it, then opened with it.
Result<keystore::UnsealWith> unseal_of(const NewInstallation& wanted, const Config& config) {
  if (!wanted.passphrase) return keystore::UnsealWith{keystore::KeyFile{config.unseal.key_file}};
  auto text = crypto::SecretBytes::copy_of(wanted.passphrase->reveal());
  if (!text) return tl::unexpected(text.error());
  keystore::Passphrase passphrase;
  passphrase.text = std::move(*text);
  return keystore::UnsealWith{std::move(passphrase)};
}

audit::Record first_record(const NewInstallation& wanted) {
  audit::Record record;
  record.time_ms = now_ms();
  record.event = audit::Event::kStoreCreated;
  record.actor = audit::as_field(wanted.actor);
  record.right = "os-user";
  record.source = "cli";
  record.target = audit::as_field(wanted.directory + "/store");
  record.status = "done";
  record.details.emplace_back("unit", audit::as_field(wanted.unit));
  return record;
}

// The store, and the log whose first record says that it was made. Returns the tenant's id.
Result<std::string> make_store(const NewInstallation& wanted, const Config& config) {
  auto unseal = unseal_of(wanted, config);
  if (!unseal) return tl::unexpected(unseal.error());
  if (auto ok = keystore::KeyStore::create(
          {config.store.directory, wanted.unit, std::move(*unseal), now_ms()});
      !ok)
    return complain(ok.error().code, ok.error().detail,
                    "an installation is made whole or not at all",
                    "check room and permissions of the directory that it shall lie in");
  unseal = unseal_of(wanted, config);
  if (!unseal) return tl::unexpected(unseal.error());
  const auto opened =
      Installation::open_accepting(config, std::move(*unseal), first_record(wanted));
  if (!opened) return tl::unexpected(opened.error());
  return to_hex((*opened)->store->tenant());
}

bool usable_tmpfs(const std::string& directory) {
  struct statfs status{};
  return ::statfs(directory.c_str(), &status) == 0 && status.f_type == TMPFS_MAGIC &&
         ::access(directory.c_str(), W_OK | X_OK) == 0;
}

// Memory that a restart of the gateway leaves and a restart of the machine does not.
std::string sessions_directory(const std::string& tenant) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody sets variables
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  // The package makes /run/kerros for the user whom its gateway runs as.
  for (std::string base : {std::string(::geteuid() == 0 ? "/run" : "/run/kerros"),
                           std::string(runtime ? runtime : ""), std::string("/dev/shm")})
    if (!base.empty() && usable_tmpfs(base)) return base.append("/kerros-").append(tenant);
  return "run/sessions";
}

Status make_key_file(const NewInstallation& wanted, const Config& config, Scaffold& scaffold) {
  if (wanted.passphrase) return {};
  if (auto ok = keystore::create_key_file(config.unseal.key_file); !ok) return ok;
  if (!wanted.key_file.empty()) scaffold.made_key_file_elsewhere(wanted.key_file);
  return {};
}

Result<std::string> fill(NewInstallation& wanted, Scaffold& scaffold) {
  for (const auto& [name, mode] :
       {std::pair<const char*, mode_t>{"tls", 0755}, {"secrets", 0700}, {"run", 0750}})
    if (auto ok = scaffold.make_directory(name, mode); !ok) return tl::unexpected(ok.error());
  if (auto ok = copy_upstream_ca(wanted, scaffold); !ok) return tl::unexpected(ok.error());
  // Built with sessions in the scaffold, which vanish with it; parsed, so that every value is
  // checked by the one reader there is.
  auto config = parse_config(config_text(wanted, "run/sessions"), scaffold.at("kerros.toml"));
  if (!config) return tl::unexpected(config.error());
  if (auto ok = make_certificates(wanted, scaffold); !ok) return tl::unexpected(ok.error());
  if (auto ok = make_proxy_door(*config); !ok) return tl::unexpected(ok.error());
  if (auto ok = make_key_file(wanted, *config, scaffold); !ok) return tl::unexpected(ok.error());
  auto tenant = make_store(wanted, *config);
  if (!tenant) return tenant;
  std::error_code ignored;
  fs::remove_all(config->store.sessions, ignored);
  auto sessions = sessions_directory(*tenant);
  if (auto ok = write_file(scaffold.at("kerros.toml"), config_text(wanted, sessions), 0640); !ok)
    return tl::unexpected(ok.error());
  return sessions;
}

}  // namespace

Result<MadeInstallation> make_installation(NewInstallation wanted) {
  std::error_code ignored;
  fs::path directory = fs::absolute(wanted.directory, ignored).lexically_normal();
  if (!directory.has_filename()) directory = directory.parent_path();
  wanted.directory = directory.string();
  if (!wanted.key_file.empty())
    wanted.key_file = fs::absolute(wanted.key_file, ignored).lexically_normal().string();
  if (auto ok = check_directory(wanted.directory); !ok) return tl::unexpected(ok.error());
  if (auto ok = check_socket(wanted.directory); !ok) return tl::unexpected(ok.error());
  auto scaffold = Scaffold::raise(wanted.directory);
  if (!scaffold) return tl::unexpected(scaffold.error());
  const auto sessions = fill(wanted, *scaffold);
  if (!sessions) return tl::unexpected(sessions.error());
  if (auto ok = scaffold->publish(wanted.directory); !ok) return tl::unexpected(ok.error());
  MadeInstallation made;
  made.directory = wanted.directory;
  made.config = wanted.directory + "/kerros.toml";
  made.ca = wanted.directory + "/tls/ca.pem";
  if (!wanted.proxy_listen.empty())
    made.proxy_ca = (directory / Config::Proxy{}.certificate).string();
  if (!wanted.passphrase)
    made.key_file =
        (directory / (wanted.key_file.empty() ? Config::Unseal{}.key_file : wanted.key_file))
            .string();
  made.sessions = (directory / *sessions).string();
  made.sessions_on_tmpfs = sessions->starts_with('/');
  return made;
}

}  // namespace kerros::tools
