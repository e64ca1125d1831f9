// The outer end of `kerros doctor`: the cloud's hosts over verified TLS, and the clock beside
// theirs.
#include <ctime>

#include "tools/doctor_report.h"
#include "tools/reach.h"

namespace kerros::tools {
namespace {

using std::chrono::system_clock;

constexpr std::chrono::minutes kClockOff{5};  // from here on tokens and certificates are refused
constexpr std::chrono::minutes kClockNearlyOff{1};
constexpr std::string_view kLineOut =
    "check DNS and the way out; an office that inspects TLS needs upstream.ca_file";

// "Sun, 06 Nov 1994 08:49:37 GMT"
std::optional<system_clock::time_point> parse_date(const std::string& text) {
  std::tm broken{};
  const char* end = ::strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &broken);
  if (end == nullptr || *end != '\0') return std::nullopt;
  return system_clock::from_time_t(::timegm(&broken));
}

void check_clock(const HttpAnswer& answer, Report& report) {
  const auto field = answer.fields.find("date");
  const auto theirs = field == answer.fields.end() ? std::nullopt : parse_date(field->second);
  const std::string remedy = "set the clock, and keep it by NTP";
  if (!theirs) return report.warn("clock", "the cloud did not say what time it is", remedy);
  const auto off = std::chrono::abs(
      std::chrono::duration_cast<std::chrono::seconds>(system_clock::now() - *theirs));
  const auto what = std::to_string(off.count()) + " s from the cloud's";
  if (off > kClockOff)
    report.fail("clock", what, remedy);
  else if (off > kClockNearlyOff)
    report.warn("clock", what, remedy);
  else
    report.ok("clock", what);
}

void check_graph(const Config& config, Report& report) {
  const auto& host = config.upstream.graph_host;
  auto probe = reach(config, host, config.upstream.connect_timeout);
  if (!probe)
    return report.fail("graph", host + ": " + probe.error().detail, std::string(kLineOut));
  report.ok("graph", host + " answers, its certificate is good");
  const auto answer = probe->ask("GET", "/v1.0/", host);
  if (!answer)
    return report.fail("clock", "the cloud did not answer: " + answer.error().detail,
                       std::string(kLineOut));
  check_clock(*answer, report);
}

// A pattern says no name to try, but an address given for it does as well as a name.
std::optional<std::string> content_host(const Config& config) {
  for (const auto& host : config.upstream.content_hosts) {
    if (!host.starts_with("*.")) return host;
    auto below = "kerros-doctor" + host.substr(1);
    if (override_for(config, below) != nullptr) return below;
  }
  return std::nullopt;
}

}  // namespace

void check_cloud(const Config& config, Report& report) {
  check_graph(config, report);
  const auto host = content_host(config);
  if (!host)
    return report.warn("content", "no content host is known by name, so none was tried",
                       "name the tenant's in upstream.content_hosts, \"contoso.sharepoint.com\"");
  if (auto probe = reach(config, *host, config.upstream.connect_timeout); !probe)
    report.fail("content", *host + ": " + probe.error().detail, std::string(kLineOut));
  else
    report.ok("content", *host + " answers, its certificate is good");
}

}  // namespace kerros::tools
