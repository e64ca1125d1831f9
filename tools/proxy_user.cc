// kerros proxy user: who may use the proxy by name and password. Passwords are made here, shown
// once, and kept nowhere.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "gateway/complaint.h"
#include "gateway/proxy/users_file.h"
#include "keystore/fd.h"
#include "tools/commands.h"
#include "tools/output.h"
#include "tools/proxy_change.h"
#include "tools/scaffold.h"
#include "tools/whole_output.h"

namespace kerros::tools {
namespace {

using Users = std::vector<proxy::User>;

struct Options {
  std::string name;
  bool dry_run = false;
  bool json = false;
};

// Two commands at once must not lose a user between them: whoever changes the file holds its
// directory.
Result<keystore::Fd> hold(const std::string& file) {
  const auto directory = std::filesystem::path(file).parent_path();
  keystore::Fd held(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (held.get() < 0 || ::flock(held.get(), LOCK_EX) != 0)
    return cannot("use " + directory.string(), errno);
  return held;
}

// No file yet is no user yet.
Result<Users> read(const std::string& file) {
  auto users = proxy::read_users_file(file);
  if (users) return users;
  if (users.error().code == ErrorCode::kNotFound) return Users{};
  return complain(users.error().code, "the users of the proxy cannot be read", users.error().detail,
                  "restore the file, or remove it and add its users again");
}

Status write(const std::string& file, const Users& users) {
  auto output = WholeOutput::create(file, Replace::kYes);
  if (!output) return tl::unexpected(output.error());
  if (auto ok = output->write(as_bytes(proxy::users_text(users))); !ok) return ok;
  if (auto ok = output->publish(); !ok) return ok;
  // A gateway that is not root must be able to read what root made for it.
  struct stat directory{};
  const auto parent = std::filesystem::path(file).parent_path();
  if (::geteuid() == 0 && ::stat(parent.c_str(), &directory) == 0 &&
      ::chown(file.c_str(), directory.st_uid, directory.st_gid) != 0)
    return cannot("write " + file, errno);
  return {};
}

tl::expected<Config, Failure> config_with_users(const Globals& globals) {
  auto config = load_config(globals);
  if (!config || !config->proxy.users_file.empty()) return config;
  return tl::unexpected(Failure(
      complain(ErrorCode::kUnavailable, "`proxy.users_file` in " + config->file + " is empty",
               "no user is asked for a name then, and whoever is in proxy.client_networks may come",
               "write users_file = \"secrets/proxy-users\" below [proxy], then reload the gateway")
          .value()));
}

auto find(Users& users, const std::string& name) {
  return std::ranges::find(users, name, &proxy::User::name);
}

Outcome add(const Globals& globals, const Options& options) {
  const auto config = config_with_users(globals);
  if (!config) return tl::unexpected(config.error());
  const auto& file = config->proxy.users_file;
  const auto made = proxy::make_user(options.name);
  if (!made)
    return tl::unexpected(
        Failure(complain(made.error().code, "\"" + printable(options.name) + "\" cannot be a name",
                         made.error().detail, "for example: kerros proxy user add aino")
                    .value(),
                ExitCode::kUsage));
  const auto held = hold(file);
  if (!held) return tl::unexpected(held.error());
  auto users = read(file);
  if (!users) return tl::unexpected(users.error());
  if (find(*users, options.name) != users->end())
    return tl::unexpected(complain(ErrorCode::kConflict,
                                   "user " + options.name + " is known already",
                                   "a password cannot be shown again, and a new one would end the "
                                   "old one's use",
                                   "`kerros proxy user remove " + options.name + "` first")
                              .value());
  users->push_back(made->user);
  const auto runs = on_record(*config, globals, {"user-add", options.name, ""},
                              [&] { return write(file, *users); });
  if (!runs) return tl::unexpected(runs.error());
  print_object({{"name", options.name}, {"password", made->password}}, options.json);
  warn("the password is kept nowhere: hand it over now");
  remind_of_reload(*config, *runs);
  return ExitCode::kDone;
}

Outcome remove(const Globals& globals, const Options& options) {
  const auto config = config_with_users(globals);
  if (!config) return tl::unexpected(config.error());
  const auto& file = config->proxy.users_file;
  const auto held = hold(file);
  if (!held) return tl::unexpected(held.error());
  auto users = read(file);
  if (!users) return tl::unexpected(users.error());
  const auto found = find(*users, options.name);
  if (found == users->end())
    return tl::unexpected(complain(ErrorCode::kNotFound,
                                   "no user of the proxy is named " + printable(options.name),
                                   "names are compared to the letter", "`kerros proxy user list`")
                              .value());
  users->erase(found);
  if (options.dry_run) {
    print_object({{"name", options.name}, {"removed", false}, {"left", users->size()}},
                 options.json);
    return ExitCode::kDone;
  }
  const auto runs = on_record(*config, globals, {"user-remove", options.name, ""},
                              [&] { return write(file, *users); });
  if (!runs) return tl::unexpected(runs.error());
  print_object({{"name", options.name}, {"removed", true}, {"left", users->size()}}, options.json);
  remind_of_reload(*config, *runs);
  return ExitCode::kDone;
}

Outcome list(const Globals& globals, bool json) {
  const auto config = config_with_users(globals);
  if (!config) return tl::unexpected(config.error());
  const auto users = read(config->proxy.users_file);
  if (!users) return tl::unexpected(users.error());
  auto names = Json::array();
  for (const auto& user : *users) names.push_back({{"name", user.name}});
  ListPrinter printer({{"name", "NAME"}}, json);
  printer.add(names);
  printer.end();
  return ExitCode::kDone;
}

}  // namespace

std::vector<Command> proxy_user_commands(const Globals& globals) {
  const auto o = std::make_shared<Options>();
  return {
      {"proxy user add",
       "Add a user of the proxy, and show the password made for it, once.",
       {"kerros proxy user add aino", "kerros proxy user add build-server --json"},
       {{"NAME", "1 to 64 characters, no blank, no colon", &o->name, "", true},
        {"--json", "Print a JSON object", &o->json, ""}},
       [&globals, o] { return add(globals, *o); },
       "Passwords are random and never chosen, so that knowing what is kept of one helps nobody. "
       "The file is proxy.users_file; the gateway reads it again when it is reloaded."},
      {"proxy user list",
       "List the users of the proxy.",
       {"kerros proxy user list", "kerros proxy user list --json"},
       {{"--json", "Print a JSON array", &o->json, ""}},
       [&globals, o] { return list(globals, o->json); },
       ""},
      {"proxy user remove",
       "Remove a user of the proxy.",
       {"kerros proxy user remove aino", "kerros proxy user remove aino --dry-run"},
       {{"NAME", "Whose password shall no longer do", &o->name, "", true},
        {"--dry-run", "Say what would be left, change nothing", &o->dry_run, ""},
        {"--json", "Print a JSON object", &o->json, ""}},
       [&globals, o] { return remove(globals, *o); },
       "Connections that are open already stay open."}};
}

}  // namespace kerros::tools
