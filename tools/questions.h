// Who answers a command: the running gateway over its admin socket, or this process itself, with
// the store opened under its lock.
//
// Both run the same code behind the same requests; a command cannot tell which it was.
// Thread safety: one thread.
#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "gateway/admin/operations.h"
#include "tools/exit_codes.h"

namespace kerros::tools {

using Json = nlohmann::ordered_json;

// The options that every command takes.
struct Globals {
  std::string config_file;
  int passphrase_fd = -1;
};

// The configuration named; what is wrong in it ends the command with exit code 2.
tl::expected<Config, Failure> load_config(const Globals& globals);

// The key file of the configuration, or a passphrase from --passphrase-fd or the terminal.
// kConflict for root where the store is somebody else's.
Result<keystore::UnsealWith> unseal_with(const Config& config, const Globals& globals);

class Questions {
 public:
  // Opens the store only when nobody answers on the admin socket.
  static Result<Questions> open(const Config& config, const Globals& globals);

  Result<Json> ask(const std::string& path, std::map<std::string, std::string> query = {});

  // The same for what changes something.
  Result<Json> order(const std::string& path, std::map<std::string, std::string> query);

  bool gateway_runs() const { return installation_ == nullptr; }

 private:
  Result<Json> send(const admin::Request& request);
  explicit Questions(const Config& config) : config_(config) {}
  Config config_;
  std::unique_ptr<Installation> installation_;  // absent when the gateway answers
};

std::string os_actor();  // "os:NAME" of the user who runs this process

}  // namespace kerros::tools
