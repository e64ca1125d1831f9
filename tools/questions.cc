#include "tools/questions.h"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

#include "gateway/complaint.h"
#include "tools/admin_client.h"
#include "tools/passphrase_prompt.h"

namespace kerros::tools {

tl::expected<Config, Failure> load_config(const Globals& globals) {
  auto config = kerros::load_config(globals.config_file);
  if (config) return std::move(*config);
  const bool missing = config.error().code == ErrorCode::kNotFound;
  return tl::unexpected(Failure(config.error(), missing ? ExitCode::kNotFound : ExitCode::kUsage));
}

namespace {

std::string name_of(uid_t user) {
  std::array<char, 4096> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(user, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr)
    return entry.pw_name;
  return std::to_string(user);
}

// What root writes into a store or log of somebody else's, their gateway could not open again.
Status check_owner(const std::string& directory) {
  struct stat store{};
  if (::geteuid() != 0 || ::stat(directory.c_str(), &store) != 0 || store.st_uid == 0) return {};
  const auto owner = name_of(store.st_uid);
  return complain(ErrorCode::kConflict, directory + " belongs to " + owner + ", and this is root",
                  "files that root makes in it would be closed to the gateway",
                  "give the command as its owner: runuser -u " + owner + " -- kerros ...");
}

}  // namespace

Result<keystore::UnsealWith> unseal_with(const Config& config, const Globals& globals) {
  if (auto ok = check_owner(config.store.directory); !ok) return tl::unexpected(ok.error());
  const bool asked = config.unseal.method == Config::Unseal::Method::kPassphrase;
  if (!asked || globals.passphrase_fd >= 0 || !can_prompt())
    return unseal_method(config, globals.passphrase_fd);
  auto text = prompt_passphrase("Passphrase: ");
  if (!text) return tl::unexpected(text.error());
  keystore::Passphrase passphrase;
  passphrase.text = std::move(*text);
  return keystore::UnsealWith{std::move(passphrase)};
}

Result<Questions> Questions::open(const Config& config, const Globals& globals) {
  Questions questions(config);
  const auto runs = gateway_answers(config.admin.socket);
  if (!runs) return tl::unexpected(runs.error());
  if (*runs) return questions;
  auto unseal = unseal_with(config, globals);
  if (!unseal) return tl::unexpected(unseal.error());
  auto installation = Installation::open(config, std::move(*unseal));
  if (!installation) return tl::unexpected(installation.error());
  questions.installation_ = std::move(*installation);
  return questions;
}

Result<Json> Questions::ask(const std::string& path, std::map<std::string, std::string> query) {
  return send({"GET", path, std::move(query)});
}

Result<Json> Questions::order(const std::string& path, std::map<std::string, std::string> query) {
  return send({"POST", path, std::move(query)});
}

Result<Json> Questions::send(const admin::Request& request) {
  auto answer = [&]() -> Result<admin::Answer> {
    if (installation_ == nullptr) return send_request(config_.admin.socket, request);
    return admin::answer(request, {os_actor(), "cli"}, config_, *installation_, nullptr);
  }();
  if (!answer) return tl::unexpected(answer.error());
  if (answer->status != 200) return tl::unexpected(admin::error_of(*answer));
  auto json = Json::parse(answer->json, nullptr, false);
  if (json.is_discarded()) return tl::unexpected(admin::error_of(*answer));
  return json;
}

std::string os_actor() { return "os:" + name_of(::getuid()); }

}  // namespace kerros::tools
