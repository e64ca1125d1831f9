// kerros status: one screen for the morning, one exit code for a monitor.
#include <memory>

#include "gateway/admin/finding.h"
#include "tools/commands.h"
#include "tools/language.h"
#include "tools/output.h"
#include "tools/status_around.h"
#include "tools/status_screen.h"

namespace kerros::tools {
namespace {

ExitCode verdict(const Json& status) {
  if (!status.at("problems").empty()) return ExitCode::kUnavailable;
  return status.at("warnings").empty() ? ExitCode::kDone : ExitCode::kFailed;
}

Outcome status(const Globals& globals, bool json, const std::string& language) {
  if (auto ok = use_language(language); !ok)
    return tl::unexpected(Failure(ok.error(), ExitCode::kUsage));
  const auto config = load_config(globals);
  if (!config) return tl::unexpected(config.error());
  auto questions = Questions::open(*config, globals);
  if (!questions) return tl::unexpected(questions.error());
  auto answer = questions->ask("/v1/status");
  if (!answer) return tl::unexpected(answer.error());
  if (!questions->gateway_runs()) add_finding(*answer, admin::Finding::kNotRunning, {config->file});
  look_around(*config, *answer);
  if (!answer->at("problems").empty()) (*answer)["ready"] = false;
  if (json)
    print_object(*answer, true);
  else
    print_text(status_screen(*answer));
  return verdict(*answer);
}

}  // namespace

std::vector<Command> status_commands(const Globals& globals) {
  const auto json = std::make_shared<bool>(false);
  const auto language = std::make_shared<std::string>();
  return {{"status",
           "Say whether everything that protects is there and works: one screen for the morning.",
           {"kerros status", "kerros status --lang fi",
            "kerros status --json --config /etc/kerros/kerros.toml"},
           {{"--json", "Print a JSON object, always in English", json.get(), ""},
            {"--lang", "en, fi or sv, instead of what the locale says", language.get(), "LANG"}},
           [&globals, json, language] { return status(globals, *json, *language); },
           "Exit code 0: all is well. 1: it serves, and a warning asks for something. Anything "
           "above is bad; 5: a problem, or no gateway runs. Without one the store and the log are "
           "looked at all the same. docs/operations.md has the answer to every problem and "
           "warning."}};
}

}  // namespace kerros::tools
