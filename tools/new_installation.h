// Makes the directory of a new installation: it appears whole, ready to run, or not at all.
//
// Thread safety: one thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gateway/config.h"
#include "keystore/unseal.h"

namespace kerros::tools {

struct NewInstallation {
  std::string directory;  // absent or empty
  std::string graph_listen;
  std::string admin_listen;
  std::string proxy_listen;  // empty: no proxy door
  std::string name;          // host, with ":port" when asked for
  std::string unit;
  std::string key_file;                           // empty: secrets/root.key below the directory
  std::optional<crypto::SecretBytes> passphrase;  // instead of a key file
  std::vector<HostOverride> upstream;
  std::string upstream_ca;
  std::vector<std::string> protect;
  std::string actor;  // for the first record of the log
};

// What was made, with absolute paths.
struct MadeInstallation {
  std::string directory;
  std::string config;
  std::string ca;
  std::string proxy_ca;  // empty without a proxy door
  std::string key_file;  // empty with a passphrase
  std::string sessions;
  bool sessions_on_tmpfs = false;
};

// kConflict when the directory holds anything; kMalformed when a value cannot work.
Result<MadeInstallation> make_installation(NewInstallation wanted);

// The text of its kerros.toml; `sessions` as it shall stand there.
std::string config_text(const NewInstallation& wanted, const std::string& sessions);

}  // namespace kerros::tools
