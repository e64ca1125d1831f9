// kerros key rotate, retire, destroy: what becomes of a version.
#include <cstdio>
#include <iostream>
#include <memory>

#include "gateway/complaint.h"
#include "gateway/config_values.h"
#include "tools/commands.h"
#include "tools/key.h"
#include "tools/output.h"
#include "tools/passphrase_prompt.h"

namespace kerros::tools {
namespace {

using Query = std::map<std::string, std::string>;

struct RotateOptions {
  KeyTarget target;
  std::string older_than;
  bool dry_run = false;
  bool json = false;
};

struct RetireOptions {
  KeyTarget target;
  std::uint64_t version = 0;
  bool dry_run = false;
  bool json = false;
};

struct DestroyOptions {
  std::string unit;
  std::uint64_t version = 0;
  std::string confirm;
  bool dry_run = false;
  bool json = false;
};

tl::unexpected<Failure> misuse(std::string_view what, std::string_view why, std::string_view hint) {
  return tl::unexpected(
      Failure(complain(ErrorCode::kMalformed, what, why, hint).value(), ExitCode::kUsage));
}

void print_changes(const Json& list, bool json) {
  ListPrinter printer({{"unit", "UNIT"},
                       {"version", "VERSION"},
                       {"state", "STATE"},
                       {"created", "CREATED"},
                       {"done", "DONE"}},
                      json);
  printer.add(list);
  printer.end();
}

Outcome rotate(const Globals& globals, const RotateOptions& options) {
  auto query = options.target.query();
  if (!query) return tl::unexpected(query.error());
  if (!options.older_than.empty()) {
    const auto age = config::parse_duration(options.older_than);
    if (!age)
      return misuse("--older-than \"" + options.older_than + "\" is no time",
                    "it is a whole number with its unit", "for example: --older-than 90d");
    query->emplace("older-than", std::to_string(age->count()));
  }
  if (options.dry_run) query->emplace("dry-run", "true");
  auto questions = open_questions(globals);
  if (!questions) return tl::unexpected(questions.error());
  const auto answer = questions->order("/v1/keys/rotate", std::move(*query));
  if (!answer) return tl::unexpected(answer.error());
  const auto& rotated = answer->at("rotated");
  ListPrinter printer({{"unit", "UNIT"}, {"from", "FROM"}, {"to", "TO"}, {"done", "DONE"}},
                      options.json);
  printer.add(rotated);
  printer.end();
  if (!options.dry_run && !rotated.empty())
    warn("the new key is in this store alone: back the store up now (docs/operations.md, 7)");
  return ExitCode::kDone;
}

Outcome retire(const Globals& globals, const RetireOptions& options) {
  auto query = options.target.query();
  if (!query) return tl::unexpected(query.error());
  if (options.target.all && options.version != 0)
    return misuse("--version and --all are both given",
                  "a number means another version in every unit", "name the unit");
  if (options.version != 0) query->emplace("version", std::to_string(options.version));
  if (options.dry_run) query->emplace("dry-run", "true");
  auto questions = open_questions(globals);
  if (!questions) return tl::unexpected(questions.error());
  const auto answer = questions->order("/v1/keys/retire", std::move(*query));
  if (!answer) return tl::unexpected(answer.error());
  print_changes(answer->at("retired"), options.json);
  return ExitCode::kDone;
}

// The unit's name, typed back by a person who has seen what would go.
tl::expected<std::string, Failure> confirmation(const Json& list) {
  if (!can_prompt())
    return misuse("nobody is there to type the unit's name back",
                  "a destroyed key opens nothing for ever", "say it with --yes-destroy NAME");
  std::string question;
  for (const auto& key : list)
    question += "version " + cell(key.at("version")) + " of unit " + cell(key.at("unit")) +
                ", made " + cell(key.at("created")) + ", will be gone for ever\n";
  std::fputs((question + "The unit's name: ").c_str(), stderr);
  std::string typed;
  std::getline(std::cin, typed);
  return typed;
}

Outcome destroy(const Globals& globals, const DestroyOptions& options) {
  auto questions = open_questions(globals);
  if (!questions) return tl::unexpected(questions.error());
  Query query = {{"unit", options.unit}};
  if (options.version != 0) query["version"] = std::to_string(options.version);
  Query look = query;
  look["dry-run"] = "true";
  const auto seen = questions->order("/v1/keys/destroy", std::move(look));
  if (!seen) return tl::unexpected(seen.error());
  const auto& list = seen->at("destroyed");
  if (options.dry_run || list.empty()) {
    print_changes(list, options.json);
    return ExitCode::kDone;
  }
  auto confirm = options.confirm.empty() ? confirmation(list) : options.confirm;
  if (!confirm) return tl::unexpected(confirm.error());
  if (*confirm != list.front().at("unit").get<std::string>())
    return misuse("\"" + *confirm + "\" is not the name of the unit", "nothing was destroyed",
                  "`kerros key list` shows the names; they are taken to the letter");
  query["confirm"] = *confirm;
  const auto answer = questions->order("/v1/keys/destroy", std::move(query));
  if (!answer) return tl::unexpected(answer.error());
  print_changes(answer->at("destroyed"), options.json);
  return ExitCode::kDone;
}

Command rotate_command(const Globals& globals) {
  const auto o = std::make_shared<RotateOptions>();
  return {"key rotate",
          "Make a new version of a unit's key; the very next upload is sealed under it.",
          {"kerros key rotate hr", "kerros key rotate --all --older-than 90d",
           "kerros key rotate --all --dry-run"},
          {{"UNIT", "Name or id of the unit", &o->target.unit, ""},
           {"--all", "Every unit", &o->target.all, ""},
           {"--older-than", "Only where the present version is older: 90d, 12h", &o->older_than,
            "TIME"},
           {"--dry-run", "Say what would be rotated, change nothing", &o->dry_run, ""},
           {"--json", "Print a JSON array", &o->json, ""}},
          [&globals, o] { return rotate(globals, *o); },
          "What was sealed before stays readable; `kerros key rewrap` moves it. A rotation that "
          "was cut short is taken up by the next one."};
}

Command retire_command(const Globals& globals) {
  const auto o = std::make_shared<RetireOptions>();
  return {"key retire",
          "Take replaced versions out of use. Refused while anything stands under one of them.",
          {"kerros key retire hr", "kerros key retire hr --version 3",
           "kerros key retire --all --dry-run"},
          {{"UNIT", "Name or id of the unit", &o->target.unit, ""},
           {"--all", "Every unit", &o->target.all, ""},
           {"--version", "This version alone", &o->version, "N"},
           {"--dry-run", "Say what would be retired, change nothing", &o->dry_run, ""},
           {"--json", "Print a JSON array", &o->json, ""}},
          [&globals, o] { return retire(globals, *o); },
          ""};
}

Command destroy_command(const Globals& globals) {
  const auto o = std::make_shared<DestroyOptions>();
  return {"key destroy",
          "Destroy retired versions of one unit's key, for ever. Asks for the unit's name.",
          {"kerros key destroy hr --dry-run", "kerros key destroy hr --version 1",
           "kerros key destroy hr --yes-destroy hr"},
          {{"UNIT", "Name or id of the unit", &o->unit, "", true},
           {"--version", "This version alone", &o->version, "N"},
           {"--yes-destroy", "The unit's name, instead of typing it back", &o->confirm, "NAME"},
           {"--dry-run", "Say what would be destroyed, change nothing", &o->dry_run, ""},
           {"--json", "Print a JSON array", &o->json, ""}},
          [&globals, o] { return destroy(globals, *o); },
          "Backups of the store from before still hold the key: what was sealed under it is out of "
          "reach when they are gone as well."};
}

}  // namespace

std::vector<Command> key_change_commands(const Globals& globals) {
  return {rotate_command(globals), retire_command(globals), destroy_command(globals)};
}

}  // namespace kerros::tools
