// kerros key: unit keys and their versions, never the keys themselves.
#include <memory>

#include "tools/commands.h"
#include "tools/output.h"

namespace kerros::tools {
namespace {

Outcome list(const Globals& globals, bool json) {
  const auto config = load_config(globals);
  if (!config) return tl::unexpected(config.error());
  auto questions = Questions::open(*config, globals);
  if (!questions) return tl::unexpected(questions.error());
  const auto answer = questions->ask("/v1/keys");
  if (!answer) return tl::unexpected(answer.error());
  ListPrinter printer({{"unit", "UNIT"},
                       {"version", "VERSION"},
                       {"state", "STATE"},
                       {"created", "CREATED"},
                       {"key_id", "KEY ID"}},
                      json);
  printer.add(answer->at("keys"));
  printer.end();
  return ExitCode::kDone;
}

}  // namespace

std::vector<Command> key_commands(const Globals& globals) {
  const auto json = std::make_shared<bool>(false);
  return {{"key list",
           "List the versions of every unit's key and what each may do.",
           {"kerros key list", "kerros key list --json"},
           {{"--json", "Print a JSON array", json.get(), ""}},
           [&globals, json] { return list(globals, *json); },
           ""}};
}

}  // namespace kerros::tools
