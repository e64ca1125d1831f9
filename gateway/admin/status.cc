// One screen for the morning: is everything there that protects, and does it work.
#include <linux/magic.h>
#include <sys/vfs.h>

#include "gateway/admin/noun.h"
#include "gateway/audit/time_text.h"

namespace kerros::admin {
namespace {

bool on_tmpfs(const std::string& directory) {
  struct statfs fs{};
  return ::statfs(directory.c_str(), &fs) == 0 && fs.f_type == TMPFS_MAGIC;
}

Json problem(const char* name, const Status& status) {
  const auto complaint = complaint_of(status.error());
  return {{"name", name}, {"what", complaint.what}};
}

Json problems_of(Installation& installation) {
  auto problems = Json::array();
  if (auto ok = installation.store->check_writable(); !ok)
    problems.push_back(problem("store-not-writable", ok));
  if (auto ok = installation.log->health(); !ok)
    problems.push_back(problem("audit-not-writable", ok));
  if (auto ok = crypto::self_test(*installation.backend); !ok)
    problems.push_back(problem("cipher-self-test", ok));
  return problems;
}

// Whose turn it is to be rotated, and what a rotation that was cut short left behind.
void warn_of_keys(const Config& config, const keystore::KeyStore& store, Json& warnings) {
  const auto period = static_cast<std::uint64_t>(config.keys.rotate_after.count());
  for (const auto& key : store.unit_keys()) {
    const std::string version =
        "version " + std::to_string(key.version) + " of unit \"" + key.unit_name + "\"";
    const bool old = period != 0 && key.created + period <= now_ms();
    if (key.state == keystore::KeyState::kActive && old)
      warnings.push_back({{"name", "key-rotation-due"},
                          {"what", version + " seals since " + audit::time_text(key.created) +
                                       ": `kerros key rotate " + key.unit_name + "`"}});
    if (key.state == keystore::KeyState::kPending)
      warnings.push_back(
          {{"name", "key-pending"},
           {"what", version + " was made and seals nothing yet: `kerros key rotate " +
                        key.unit_name + "` goes on"}});
  }
}

Json warnings_of(const Config& config, const keystore::KeyStore& store) {
  auto warnings = Json::array();
  warn_of_keys(config, store, warnings);
  if (!on_tmpfs(config.store.sessions))
    warnings.push_back({{"name", "sessions-on-disk"},
                        {"what", config.store.sessions +
                                     " is not on tmpfs: a backup or a power cut could bring an old "
                                     "upload session back"}});
  if (config.policy.rules.empty())
    warnings.push_back({{"name", "no-rule"}, {"what", "no policy rule: nothing is sealed"}});
  return warnings;
}

Json gateway_of(const Running* running) {
  if (running == nullptr) return Json();
  Json gateway{{"graph_listen", running->graph_listen},
               {"backend", running->backend},
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
  auto problems = problems_of(installation);
  const auto head = installation.store->head();
  return Json{{"ready", problems.empty() && context.running != nullptr},
              {"gateway", gateway_of(context.running)},
              {"tenant", to_hex(installation.store->tenant())},
              {"unit", to_hex(installation.unit)},
              {"store",
               {{"directory", context.config.store.directory},
                {"items", installation.store->item_count()},
                {"change", head.sequence},
                {"queued", installation.store->queued()}}},
              {"audit",
               {{"directory", context.config.audit.directory},
                {"origin", installation.origin},
                {"records", installation.log->size()}}},
              {"cipher", installation.backend->name()},
              {"problems", std::move(problems)},
              {"warnings", warnings_of(context.config, *installation.store)}};
}

}  // namespace kerros::admin
