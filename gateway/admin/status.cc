// One screen for the morning: is everything there that protects, and does it work.
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <algorithm>
#include <fstream>

#include "gateway/admin/finding.h"
#include "gateway/admin/noun.h"
#include "gateway/admin/recent.h"
#include "gateway/audit/time_text.h"

namespace kerros::admin {
namespace {

constexpr std::uint64_t kDayMs = 86'400'000;
constexpr std::uint64_t kNearlyFullPercent = 80;

bool on_tmpfs(const std::string& directory) {
  struct statfs fs{};
  return ::statfs(directory.c_str(), &fs) == 0 && fs.f_type == TMPFS_MAGIC;
}

void look_for_problems(Installation& installation, Json& status) {
  const auto found = [&](Finding finding, const Status& result) {
    if (!result) add_finding(status, finding, {complaint_of(result.error()).what});
  };
  found(Finding::kStoreNotWritable, installation.store->check_writable());
  found(Finding::kAuditNotWritable, installation.log->health());
  found(Finding::kCipherSelfTest, crypto::self_test(*installation.backend));
}

// Whose turn it is to be rotated, and what a rotation that was cut short left behind.
void look_at_keys(const Config& config, const keystore::KeyStore& store, Json& status) {
  const auto period = static_cast<std::uint64_t>(config.keys.rotate_after.count());
  const auto now = now_ms();
  for (const auto& key : store.unit_keys()) {
    const auto age = now - std::min(key.created, now);
    status["keys"].push_back({{"unit", key.unit_name},
                              {"version", key.version},
                              {"state", keystore::name(key.state)},
                              {"created", time_or_null(key.created)},
                              {"age_days", age / kDayMs}});
    const auto version = std::to_string(key.version);
    if (key.state == keystore::KeyState::kActive && period != 0 && age >= period)
      add_finding(status, Finding::kKeyRotationDue,
                  {version, key.unit_name, audit::time_text(key.created)});
    if (key.state == keystore::KeyState::kPending)
      add_finding(status, Finding::kKeyPending, {version, key.unit_name});
  }
}

// The map is sparse: what it takes on the disk is what was ever in use of it.
std::uint64_t bytes_of_items(const Config& config) {
  struct stat file{};
  const auto path = config.store.directory + "/items/data.mdb";
  if (::stat(path.c_str(), &file) != 0) return 0;
  return static_cast<std::uint64_t>(file.st_blocks) * 512;
}

Json store_of(const Config& config, const keystore::KeyStore& store, Json& status) {
  const auto used = bytes_of_items(config);
  const auto room = config.store.items_map_gib << 30;
  if (used >= room / 100 * kNearlyFullPercent)
    add_finding(status, Finding::kStoreNearlyFull,
                {std::to_string(used >> 20), std::to_string(room >> 20)});
  return {{"directory", config.store.directory},
          {"items", store.item_count()},
          {"change", store.head().sequence},
          {"queued", store.queued()},
          {"bytes", used},
          {"room_bytes", room}};
}

// What the newest signed checkpoint covers. Its text is signed; here it is only shown.
Json checkpoint_of(const std::string& directory) {
  const auto path = directory + "/checkpoint";
  struct stat file{};
  std::ifstream in(path);
  std::string origin;
  std::uint64_t records = 0;
  if (::stat(path.c_str(), &file) != 0 || !std::getline(in, origin) || !(in >> records))
    return Json();
  const auto written = static_cast<std::uint64_t>(file.st_mtim.tv_sec) * 1000;
  return {{"records", records}, {"written", time_or_null(written)}};
}

void look_at_log(const Installation& installation, Json& status) {
  auto refusals = recent_refusals(*installation.log, now_ms());
  std::string alarms;
  if (refusals.is_object())
    for (const auto& [name, count] : refusals.at("alarms").items())
      alarms +=
          (alarms.empty() ? "" : ", ") + std::to_string(count.get<std::uint64_t>()) + " " + name;
  if (!alarms.empty())
    add_finding(status, Finding::kAlarms,
                {std::to_string(refusals.at("hours").get<std::uint64_t>()), alarms});
  status["refusals"] = std::move(refusals);
  if (const auto kept = installation.log->keeping(); !kept)
    add_finding(status, Finding::kLogUpkeep, {kept.error().detail});
}

void look_at_settings(const Config& config, Json& status) {
  if (!on_tmpfs(config.store.sessions))
    add_finding(status, Finding::kSessionsOnDisk, {config.store.sessions});
  if (config.policy.rules.empty()) add_finding(status, Finding::kNoRule);
}

Json gateway_of(const Running* running) {
  if (running == nullptr) return Json();
  Json gateway{{"graph_listen", running->graph_listen},
               {"backend", running->backend},
               {"tls", running->tls},
               {"workers", running->workers},
               {"connections", running->connections},
               {"transfers", running->transfers},
               {"started", time_or_null(running->started_ms)}};
  const auto& proxy = running->proxy;
  if (proxy.is_on())
    gateway["proxy"] = {{"listen", proxy.listen},
                        {"redirect_listen", proxy.redirect_listen},
                        {"tunnels", proxy.tunnels},
                        {"intercepted", proxy.intercepted},
                        {"refused", proxy.refused}};
  return gateway;
}

}  // namespace

Result<Json> status(const Context& context) {
  auto& installation = context.installation;
  Json status{{"version", KERROS_VERSION},
              {"ready", false},
              {"gateway", gateway_of(context.running)},
              {"tenant", to_hex(installation.store->tenant())},
              {"unit", to_hex(installation.unit)},
              {"store", Json()},
              {"audit", Json()},
              {"cipher", installation.backend->name()},
              {"keys", Json::array()},
              {"refusals", Json()},
              {"problems", Json::array()},
              {"warnings", Json::array()}};
  look_for_problems(installation, status);
  status["ready"] = status.at("problems").empty() && context.running != nullptr;
  status["store"] = store_of(context.config, *installation.store, status);
  status["audit"] = {{"directory", context.config.audit.directory},
                     {"origin", installation.origin},
                     {"records", installation.log->size()},
                     {"checkpoint", checkpoint_of(context.config.audit.directory)}};
  look_at_keys(context.config, *installation.store, status);
  look_at_log(installation, status);
  look_at_settings(context.config, status);
  return status;
}

}  // namespace kerros::admin
