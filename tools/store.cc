// kerros store: the keystore as a whole.
#include <memory>

#include "tools/admin_client.h"
#include "tools/commands.h"
#include "tools/output.h"

namespace kerros::tools {
namespace {

struct AcceptOptions {
  bool json = false;
  bool dry_run = false;
};

Status refuse_while_running(const Config& config) {
  const auto runs = gateway_answers(config.admin.socket);
  if (!runs) return tl::unexpected(runs.error());
  if (!*runs) return {};
  return complain(ErrorCode::kConflict, "a gateway is running on this store",
                  "it has accepted the store it serves already", "`kerros status` shows it");
}

Outcome accept_restore(const Globals& globals, const AcceptOptions& options) {
  const auto config = load_config(globals);
  if (!config) return tl::unexpected(config.error());
  if (auto ok = refuse_while_running(*config); !ok) return tl::unexpected(ok.error());
  auto unseal = unseal_with(*config, globals);
  if (!unseal) return tl::unexpected(unseal.error());
  if (options.dry_run) {
    const auto opened = Installation::open(*config, std::move(*unseal));
    if (!opened) return tl::unexpected(opened.error());
    print_object({{"accepted", false}, {"needed", false}}, options.json);
    return ExitCode::kDone;
  }
  audit::Record reason;
  reason.time_ms = now_ms();
  reason.event = audit::Event::kStoreAccepted;
  reason.actor = audit::as_field(os_actor());
  reason.right = "os-user";
  reason.source = "cli";
  reason.target = audit::as_field(config->store.directory);
  reason.status = "done";
  const auto opened = Installation::open_accepting(*config, std::move(*unseal), std::move(reason));
  if (!opened) return tl::unexpected(opened.error());
  const auto& store = *(*opened)->store;
  print_object(
      {{"accepted", true}, {"change", store.head().sequence}, {"items", store.item_count()}},
      options.json);
  return ExitCode::kDone;
}

}  // namespace

std::vector<Command> store_commands(const Globals& globals) {
  const auto o = std::make_shared<AcceptOptions>();
  return {{"store accept-restore",
           "Accept the store as it lies there, after it was restored on purpose.",
           {"kerros store accept-restore", "kerros store accept-restore --dry-run"},
           {{"--dry-run", "Say whether it is needed, change nothing", &o->dry_run, ""},
            {"--json", "Print a JSON object", &o->json, ""}},
           [&globals, o] { return accept_restore(globals, *o); },
           "A gateway refuses a store that is older than the audit log says: files that were "
           "uploaded since may be unreadable, and keys that were destroyed may be back. Who "
           "accepted it is recorded in the log."}};
}

}  // namespace kerros::tools
