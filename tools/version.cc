// kerros version: what this build is and what it can read.
#include <memory>

#include "crypto/format.h"
#include "tools/commands.h"
#include "tools/output.h"

namespace kerros::tools {

std::vector<Command> version_commands(const Globals&) {
  const auto json = std::make_shared<bool>(false);
  return {{"version",
           "Print the version of this command and of the file format it knows.",
           {"kerros version", "kerros version --json"},
           {{"--json", "Print a JSON object", json.get(), ""}},
           [json]() -> Outcome {
             print_object({{"version", KERROS_VERSION}, {"format", crypto::format::kVersion}},
                          *json);
             return ExitCode::kDone;
           },
           ""}};
}

}  // namespace kerros::tools
