#include "gateway/admin/finding.h"

#include <algorithm>
#include <array>
#include <utility>

#include "crypto/check.h"

namespace kerros::admin {
namespace {

constexpr std::array<FindingRow, 20> kTable{{
    {Finding::kNotRunning, "not-running", true},
    {Finding::kStoreNotWritable, "store-not-writable", true},
    {Finding::kAuditNotWritable, "audit-not-writable", true},
    {Finding::kCipherSelfTest, "cipher-self-test", true},
    {Finding::kCertificateUnusable, "certificate-unusable", true},
    {Finding::kCertificateExpired, "certificate-expired", true},
    {Finding::kProxyCaUnusable, "proxy-ca-unusable", true},
    {Finding::kProxyCaExpired, "proxy-ca-expired", true},
    {Finding::kDiskFull, "disk-full", true},
    {Finding::kKeyRotationDue, "key-rotation-due", false},
    {Finding::kKeyPending, "key-pending", false},
    {Finding::kNoRule, "no-rule", false},
    {Finding::kSessionsOnDisk, "sessions-on-disk", false},
    {Finding::kStoreNearlyFull, "store-nearly-full", false},
    {Finding::kAlarms, "alarms", false},
    {Finding::kCertificateEnds, "certificate-ends", false},
    {Finding::kProxyCaEnds, "proxy-ca-ends", false},
    {Finding::kDiskLow, "disk-low", false},
    {Finding::kCloudUnreachable, "cloud-unreachable", false},
    {Finding::kLogUpkeep, "log-upkeep", false},
}};

}  // namespace

std::span<const FindingRow> findings() { return kTable; }

void add_finding(nlohmann::ordered_json& status, Finding finding, std::string what) {
  const auto row = std::ranges::find(kTable, finding, &FindingRow::finding);
  KERROS_CHECK(row != kTable.end(), "every finding has its row");
  status[row->problem ? "problems" : "warnings"].push_back(
      {{"name", row->name}, {"what", std::move(what)}});
}

}  // namespace kerros::admin
