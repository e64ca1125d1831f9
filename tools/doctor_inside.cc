// The inner half of `kerros doctor`: the gateway, its store and log, its disks, its certificates.
#include "gateway/complaint.h"
#include "gateway/config_values.h"
#include "gateway/tls/context.h"
#include "tools/admin_client.h"
#include "tools/disk_room.h"
#include "tools/doctor_report.h"
#include "tools/passphrase_prompt.h"
#include "tools/proxy_authority.h"

namespace kerros::tools {
namespace {

constexpr auto kSoon = std::chrono::days(30);

std::string number(const Json& value) { return std::to_string(value.get<std::uint64_t>()); }

void report_status(const Json& status, Report& report) {
  report.ok("store", number(status.at("store").at("items")) + " item versions, change " +
                         number(status.at("store").at("change")));
  report.ok("log", number(status.at("audit").at("records")) + " records");
  for (const auto& problem : status.at("problems"))
    report.fail(problem.at("name"), problem.at("what"), "`kerros status`; docs/operations.md 6");
  for (const auto& warning : status.at("warnings"))
    if (warning.at("name") != "no-rule")  // said of the configuration already
      report.warn(warning.at("name"), warning.at("what"), "docs/operations.md 6");
}

bool must_ask_in_vain(const Config& config, const Globals& globals) {
  return config.unseal.method == Config::Unseal::Method::kPassphrase && globals.passphrase_fd < 0 &&
         !can_prompt();
}

std::optional<Json> read_status(const Config& config, const Globals& globals, Report& report) {
  auto questions = Questions::open(config, globals);
  if (!questions) {
    report.fail("store", questions.error());
    return std::nullopt;
  }
  auto status = questions->ask("/v1/status");
  if (!status) {
    report.fail("store", status.error());
    return std::nullopt;
  }
  return std::move(*status);
}

std::string days_left(std::chrono::system_clock::time_point end) {
  const auto days =
      std::chrono::duration_cast<std::chrono::days>(end - std::chrono::system_clock::now());
  return std::to_string(days.count()) + " days left";
}

// Whether the end is far enough; says so when not.
bool lives_on(const std::string& name, const std::string& file,
              std::chrono::system_clock::time_point end, const std::string& remedy,
              Report& report) {
  const auto now = std::chrono::system_clock::now();
  if (end < now)
    report.fail(name, file + " has expired", remedy);
  else if (end < now + kSoon)
    report.warn(name, file + " expires soon, " + days_left(end), remedy);
  return end >= now + kSoon;
}

void check_door_certificate(const Config& config, Report& report) {
  const auto& door = config.graph_door;
  const std::string name = "certificate";
  const std::string remedy = "have another issued, name it in graph_door.certificate and reload";
  if (auto usable = tls::Context::server({door.certificate, door.private_key}); !usable)
    return report.fail(name, usable.error().detail, remedy);
  const auto info = tls::CertificateInfo::read(door.certificate);
  if (!info) return report.fail(name, info.error().detail, remedy);
  const auto host = door.name.substr(0, door.name.find(':'));
  if (!info->is_for(host))
    return report.fail(name, door.certificate + " is not for " + host + ", graph_door.name",
                       remedy);
  if (lives_on(name, door.certificate, info->expires(), remedy, report))
    report.ok(name, door.certificate + " for " + host + ", " + days_left(info->expires()));
}

void check_authority(const Config& config, Report& report) {
  const auto& proxy = config.proxy;
  const std::string name = "proxy-ca";
  const std::string remedy = "`kerros proxy ca init` or `kerros proxy ca import`; see --help";
  const auto authority = tls::Certificate::read_authority(proxy.certificate, proxy.private_key);
  if (!authority) return report.fail(name, authority.error().detail, remedy);
  if (auto ok = judge_authority(*authority, proxy); !ok) return report.fail(name, ok.error());
  if (lives_on(name, proxy.certificate, authority->expires(), remedy, report))
    report.ok(name, proxy.certificate + " signs for the interception list, " +
                        days_left(authority->expires()));
}

void check_trust(const Config& config, Report& report) {
  const auto info = tls::CertificateInfo::read(config.proxy.certificate);
  if (!info) return;  // said already
  if (info->is_trusted_here())
    return report.ok("ca-trust", "this host trusts the proxy's authority; workstations must too");
  report.warn("ca-trust", "this host does not trust the proxy's authority",
              "install " + config.proxy.certificate +
                  " on every workstation: docs/operations.md 13; sha256 " + info->fingerprint());
}

}  // namespace

Gateway check_gateway(const Config& config, const Globals& globals, Report& report) {
  Gateway gateway;
  const auto runs = gateway_answers(config.admin.socket);
  if (!runs) {
    report.fail("gateway", runs.error());
    return gateway;
  }
  gateway.runs = *runs ? Gateway::Runs::kYes : Gateway::Runs::kNo;
  if (!*runs) {
    report.fail("gateway", "no gateway runs", "kerros-gateway --config " + config.file);
    if (must_ask_in_vain(config, globals)) {
      report.warn("store", "not opened: it takes the passphrase", "--passphrase-fd 3 3< FILE");
      return gateway;
    }
  }
  const auto status = read_status(config, globals, report);
  if (!status) return gateway;
  const auto& served = status->at("gateway");
  if (served.is_object()) {
    gateway.graph_listen = served.at("graph_listen").get<std::string>();
    report.ok("gateway", "serves " + number(served.at("connections")) + " connections by " +
                             served.at("backend").get<std::string>());
  }
  report_status(*status, report);
  return gateway;
}

void check_room(const Config& config, Report& report) {
  for (const auto& [name, directory] : {std::pair("room-store", config.store.directory),
                                        std::pair("room-log", config.audit.directory),
                                        std::pair("room-sessions", config.store.sessions),
                                        std::pair("room-spool", config.store.spool)}) {
    const bool spool = directory == config.store.spool;
    const auto bytes = free_bytes(directory);
    const auto little = spool ? config.limits.spool_bytes : kLittleRoom;
    const auto what = bytes ? std::to_string(*bytes >> 20) + " MiB free in " + directory
                            : directory + " cannot be looked at";
    if (!bytes || *bytes < kTooLittleRoom)
      report.fail(name, what, "make room, or move it: docs/operations.md 9");
    else if (*bytes < little && directory != config.store.sessions)
      report.warn(name, what,
                  spool ? "lower limits.spool_bytes, or move store.spool to a larger disk"
                        : "make room before it is full: docs/operations.md 9");
    else
      report.ok(name, what);
  }
}

void check_certificates(const Config& config, Report& report) {
  check_door_certificate(config, report);
  if (!config.proxy.is_on()) return;
  check_authority(config, report);
  check_trust(config, report);
}

}  // namespace kerros::tools
