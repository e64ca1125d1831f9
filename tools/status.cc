// kerros status: one screen for the morning, one exit code for a monitor.
#include <memory>

#include "tools/commands.h"
#include "tools/output.h"

namespace kerros::tools {
namespace {

Outcome status(const Globals& globals, bool json) {
  const auto config = load_config(globals);
  if (!config) return tl::unexpected(config.error());
  auto questions = Questions::open(*config, globals);
  if (!questions) return tl::unexpected(questions.error());
  auto answer = questions->ask("/v1/status");
  if (!answer) return tl::unexpected(answer.error());
  if (!json && !questions->gateway_runs()) (*answer)["gateway"] = "not running";
  print_object(*answer, json);
  return answer->at("ready").get<bool>() ? ExitCode::kDone : ExitCode::kUnavailable;
}

}  // namespace

std::vector<Command> status_commands(const Globals& globals) {
  const auto json = std::make_shared<bool>(false);
  return {{"status",
           "Say whether everything that protects is there and works.",
           {"kerros status", "kerros status --json --config /etc/kerros/kerros.toml"},
           {{"--json", "Print a JSON object", json.get(), ""}},
           [&globals, json] { return status(globals, *json); },
           "Exit code 0: a gateway serves and all its checks pass. 5: it does not, and the output "
           "says what is missing; without a gateway the store and the log are looked at all the "
           "same."}};
}

}  // namespace kerros::tools
