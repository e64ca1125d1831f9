// The `kerros` command: administrators and auditors. One file per noun; this one lists them.
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cstdlib>
#include <iterator>

#include "crypto/random.h"
#include "tools/commands.h"

namespace {

// Offline, keys are in this process: no core file, no look inside from another one.
void close_the_shutters() {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  ::prctl(PR_SET_DUMPABLE, 0);
}

}  // namespace

int main(int argc, char** argv) {
  using namespace kerros::tools;
  close_the_shutters();
  kerros::crypto::start();
  // What is made here is nobody else's business unless a mode says so.
  ::umask(077);

  Globals globals;
  // NOLINTNEXTLINE(concurrency-mt-unsafe): there is one thread yet, and nobody sets variables
  const char* named = std::getenv("KERROS_CONFIG");
  globals.config_file = named != nullptr && *named != '\0' ? named : "/etc/kerros/kerros.toml";
  const std::vector<Option> common = {
      {"--config", "The configuration (KERROS_CONFIG, else /etc/kerros/kerros.toml)",
       &globals.config_file, "FILE"},
      {"--passphrase-fd", "Read the passphrase from this descriptor instead of asking",
       &globals.passphrase_fd, "N"}};

  std::vector<Command> commands;
  for (const auto noun :
       {init_commands, item_commands, key_commands, key_change_commands, key_rewrap_commands,
        inspect_commands, open_commands, policy_commands, status_commands, doctor_commands,
        audit_commands, store_commands, proxy_ca_commands, proxy_user_commands, version_commands}) {
    auto more = noun(globals);
    std::move(more.begin(), more.end(), std::back_inserter(commands));
  }
  return run(argc, argv, common, commands);
}
