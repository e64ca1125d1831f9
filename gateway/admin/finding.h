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
#include <vector>

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
  std::string_view text;  // {0}, {1}, ... stand for the values it was found with
};
std::span<const FindingRow> findings();

// Adds {"name","what","values"} to "problems" or "warnings" of a status, where the table says;
// "what" is the text with the values in it, which a reader of another language makes himself.
void add_finding(nlohmann::ordered_json& status, Finding finding,
                 const std::vector<std::string>& values = {});

// A text with its values in it.
std::string filled(std::string_view text, const std::vector<std::string>& values);

}  // namespace kerros::admin
