#include "tools/status_around.h"

#include <algorithm>
#include <csignal>

#include "gateway/admin/finding.h"
#include "gateway/audit/time_text.h"
#include "gateway/tls/certificate_info.h"
#include "tools/disk_room.h"
#include "tools/reach.h"

namespace kerros::tools {
namespace {

using admin::add_finding;
using admin::Finding;
using std::chrono::system_clock;

constexpr auto kSoon = std::chrono::days(30);
// A monitor asks often and does not wait long.
constexpr std::chrono::milliseconds kPatience{3000};

struct CertificateFindings {
  Finding unusable;
  Finding expired;
  Finding ends;
};
constexpr CertificateFindings kOfDoor{Finding::kCertificateUnusable, Finding::kCertificateExpired,
                                      Finding::kCertificateEnds};
constexpr CertificateFindings kOfAuthority{Finding::kProxyCaUnusable, Finding::kProxyCaExpired,
                                           Finding::kProxyCaEnds};

void look_at_certificate(const std::string& name, const std::string& file,
                         const CertificateFindings& findings, Json& status) {
  const auto info = tls::CertificateInfo::read(file);
  if (!info) return add_finding(status, findings.unusable, {info.error().detail});
  const auto left = info->expires() - system_clock::now();
  const auto days = std::chrono::duration_cast<std::chrono::days>(left).count();
  const auto end =
      std::chrono::duration_cast<std::chrono::milliseconds>(info->expires().time_since_epoch());
  const auto end_text = audit::time_text(static_cast<std::uint64_t>(end.count()));
  status["certificates"].push_back(
      {{"name", name}, {"file", file}, {"ends", end_text}, {"days_left", days}});
  if (left < system_clock::duration::zero())
    add_finding(status, findings.expired, {file, end_text});
  else if (left < kSoon)
    add_finding(status, findings.ends, {file, std::to_string(days)});
}

void look_at_disks(const Config& config, Json& status) {
  for (const auto& [name, directory] :
       {std::pair("store", config.store.directory), std::pair("log", config.audit.directory),
        std::pair("sessions", config.store.sessions), std::pair("spool", config.store.spool)}) {
    const auto bytes = free_bytes(directory);
    status["disks"].push_back(
        {{"name", name}, {"directory", directory}, {"free_bytes", bytes ? Json(*bytes) : Json()}});
    const std::vector<std::string> values = {name, std::to_string(bytes.value_or(0) >> 20),
                                             directory};
    if (bytes.value_or(0) < kTooLittleRoom)
      add_finding(status, Finding::kDiskFull, values);
    else if (*bytes < kLittleRoom && directory != config.store.sessions)
      add_finding(status, Finding::kDiskLow, values);
  }
}

void look_at_cloud(const Config& config, Json& status) {
  std::signal(SIGPIPE, SIG_IGN);
  const auto& host = config.upstream.graph_host;
  const auto before = std::chrono::steady_clock::now();
  const auto reached = reach(config, host, std::min(config.upstream.connect_timeout, kPatience));
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - before);
  status["cloud"] = {{"host", host},
                     {"reached", reached.has_value()},
                     {"milliseconds", reached ? Json(took.count()) : Json()}};
  if (!reached) add_finding(status, Finding::kCloudUnreachable, {host, reached.error().detail});
}

}  // namespace

void look_around(const Config& config, Json& status) {
  status["certificates"] = Json::array();
  status["disks"] = Json::array();
  status["cloud"] = Json();
  look_at_certificate("door", config.graph_door.certificate, kOfDoor, status);
  if (config.proxy.is_on())
    look_at_certificate("proxy-ca", config.proxy.certificate, kOfAuthority, status);
  look_at_disks(config, status);
  if (status.at("gateway").is_object()) look_at_cloud(config, status);
}

}  // namespace kerros::tools
