// kerros doctor: what is missing between a workstation and the cloud, on one screen.
#include <csignal>
#include <memory>

#include "tools/commands.h"
#include "tools/doctor_report.h"
#include "tools/output.h"

namespace kerros::tools {
namespace {

void check_all(const Globals& globals, Report& report) {
  const auto config = load_config(globals);
  if (!config) return report.fail("configuration", config.error().error);
  report.ok("configuration", config->file);
  if (config->policy.rules.empty())
    report.warn("policy", "no rule: nothing is sealed", "write a [[policy.rule]]");
  const Gateway gateway = check_gateway(*config, globals, report);
  check_room(*config, report);
  check_certificates(*config, report);
  check_doors(*config, gateway, report);
  check_interception(*config, report);
  check_cloud(*config, report);
}

Outcome doctor(const Globals& globals, bool json) {
  // A peer that goes away in the middle of a question is an answer too.
  std::signal(SIGPIPE, SIG_IGN);
  Report report;
  check_all(globals, report);
  if (json)
    print_object(report.json(), true);
  else
    print_text(report.text());
  return report.failed() ? ExitCode::kFailed : ExitCode::kDone;
}

}  // namespace

std::vector<Command> doctor_commands(const Globals& globals) {
  const auto json = std::make_shared<bool>(false);
  return {{"doctor",
           "Say what is missing between a workstation and the cloud, and what to do about it.",
           {"kerros doctor", "kerros doctor --json --config /etc/kerros/kerros.toml"},
           {{"--json", "Print a JSON object", json.get(), ""}},
           [&globals, json] { return doctor(globals, *json); },
           "Looks from this host at configuration, store, log, disks, certificates, the doors, the "
           "PAC file, one intercepted connection, the cloud and the clock. Each line is ok, warn "
           "or FAIL. Exit code 1 when anything fails. Run it as the gateway's user, with the "
           "gateway running or not."}};
}

}  // namespace kerros::tools
