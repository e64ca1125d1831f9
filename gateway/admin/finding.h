// What `kerros status` may complain of: a closed list, so that each has its answer in
// docs/operations.md, section 6 (tests/tools holds one against the other).
//
// Thread safety: pure functions over a constant table.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>

namespace kerros::admin {

enum class Finding : std::uint8_t {
  // Problems: something that protects is missing, or will not do its work.
  kNotRunning,
  kStoreNotWritable,
  kAuditNotWritable,
  kCipherSelfTest,
  kCertificateUnusable,
  kCertificateExpired,
  kProxyCaUnusable,
  kProxyCaExpired,
  kDiskFull,
  // Warnings: all is well today, and will not stay so.
  kKeyRotationDue,
  kKeyPending,
  kNoRule,
  kSessionsOnDisk,
  kStoreNearlyFull,
  kAlarms,
  kCertificateEnds,
  kProxyCaEnds,
  kDiskLow,
  kCloudUnreachable,
  kLogUpkeep,
};

struct FindingRow {
  Finding finding;
  std::string_view name;  // "key-rotation-due": monitors know it by this, never change one
  bool problem;
};
std::span<const FindingRow> findings();

// Adds {"name","what"} to "problems" or "warnings" of a status, where the table says.
void add_finding(nlohmann::ordered_json& status, Finding finding, std::string what);

}  // namespace kerros::admin
