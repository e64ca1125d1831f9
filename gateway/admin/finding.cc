#include "gateway/admin/finding.h"

#include <algorithm>
#include <array>
#include <utility>

#include "crypto/check.h"

namespace kerros::admin {
namespace {

// What the catalogues in tools/po translate is marked like this.
consteval std::string_view marked(std::string_view text) { return text; }

constexpr std::array<FindingRow, 20> kTable{{
    {Finding::kNotRunning, "not-running", true, marked("no gateway serves {0}")},
    {Finding::kStoreNotWritable, "store-not-writable", true, marked("the store: {0}")},
    {Finding::kAuditNotWritable, "audit-not-writable", true, marked("the log: {0}")},
    {Finding::kCipherSelfTest, "cipher-self-test", true,
     marked("the library that seals gives wrong results: {0}")},
    {Finding::kCertificateUnusable, "certificate-unusable", true,
     marked("the certificate of the door cannot be used: {0}")},
    {Finding::kCertificateExpired, "certificate-expired", true, marked("{0} ended {1}")},
    {Finding::kProxyCaUnusable, "proxy-ca-unusable", true,
     marked("the authority of the proxy doors cannot be used: {0}")},
    {Finding::kProxyCaExpired, "proxy-ca-expired", true, marked("{0} ended {1}")},
    {Finding::kDiskFull, "disk-full", true, marked("{0}: {1} MiB free in {2}")},
    {Finding::kKeyRotationDue, "key-rotation-due", false,
     marked("version {0} of unit \"{1}\" seals since {2}: `kerros key rotate {1}`")},
    {Finding::kKeyPending, "key-pending", false,
     marked("version {0} of unit \"{1}\" was made and seals nothing yet: `kerros key rotate {1}` "
            "goes on")},
    {Finding::kNoRule, "no-rule", false, marked("no policy rule: nothing is sealed")},
    {Finding::kSessionsOnDisk, "sessions-on-disk", false,
     marked("{0} is not on tmpfs: a backup or a power cut could bring an old upload session back")},
    {Finding::kStoreNearlyFull, "store-nearly-full", false,
     marked("{0} MiB of {1} MiB for item records are in use: raise store.items_map_gib")},
    {Finding::kAlarms, "alarms", false,
     marked("in the log of the last {0} hours: {1}; `kerros audit query --purpose TEXT --class "
            "ERROR`")},
    {Finding::kCertificateEnds, "certificate-ends", false, marked("{0} ends in {1} days")},
    {Finding::kProxyCaEnds, "proxy-ca-ends", false, marked("{0} ends in {1} days")},
    {Finding::kDiskLow, "disk-low", false, marked("{0}: {1} MiB free in {2}")},
    {Finding::kCloudUnreachable, "cloud-unreachable", false, marked("{0} is not reached: {1}")},
    {Finding::kLogUpkeep, "log-upkeep", false, marked("the upkeep of the log failed: {0}")},
}};

}  // namespace

std::span<const FindingRow> findings() { return kTable; }

std::string filled(std::string_view text, const std::vector<std::string>& values) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto place = i + 2 < text.size() && text[i] == '{' && text[i + 2] == '}'
                           ? static_cast<std::size_t>(text[i + 1] - '0')
                           : values.size();
    if (place < values.size()) {
      out += values[place];
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

void add_finding(nlohmann::ordered_json& status, Finding finding,
                 const std::vector<std::string>& values) {
  const auto row = std::ranges::find(kTable, finding, &FindingRow::finding);
  KERROS_CHECK(row != kTable.end(), "every finding has its row");
  status[row->problem ? "problems" : "warnings"].push_back(
      {{"name", row->name}, {"what", filled(row->text, values)}, {"values", values}});
}

}  // namespace kerros::admin
