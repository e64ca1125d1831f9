// kerros item: what is sealed, by drive and state; accepting what was refused.
#include <memory>

#include "tools/commands.h"
#include "tools/output.h"

namespace kerros::tools {
namespace {

struct ListOptions {
  std::string drive;
  std::string state;
  bool json = false;
};

struct ShowOptions {
  std::string item;
  std::string drive;
  bool json = false;
};

struct AcceptOptions {
  std::string drive;
  std::string item;
  std::string key;
  std::string reason;
  bool dry_run = false;
  bool json = false;
};

std::vector<Column> columns() {
  return {{"state", "STATE"},           {"name", "NAME"},
          {"plain_size", "SIZE"},       {"unit", "UNIT"},
          {"key_version", "KEY"},       {"created", "CREATED"},
          {"created_by", "CREATED BY"}, {"drive_id", "DRIVE"},
          {"item_id", "ITEM"},          {"key_id", "KEY ID"}};
}

Outcome list(const Globals& globals, const ListOptions& options) {
  const auto config = load_config(globals);
  if (!config) return tl::unexpected(config.error());
  auto questions = Questions::open(*config, globals);
  if (!questions) return tl::unexpected(questions.error());
  ListPrinter printer(columns(), options.json);
  std::map<std::string, std::string> query;
  if (!options.drive.empty()) query["drive"] = options.drive;
  if (!options.state.empty()) query["state"] = options.state;
  while (true) {
    const auto page = questions->ask("/v1/items", query);
    if (!page) return tl::unexpected(page.error());
    printer.add(page->at("items"));
    if (page->at("next").is_null()) break;
    query["after"] = page->at("next").get<std::string>();
  }
  printer.end();
  return ExitCode::kDone;
}

Outcome show(const Globals& globals, const ShowOptions& options) {
  const auto config = load_config(globals);
  if (!config) return tl::unexpected(config.error());
  auto questions = Questions::open(*config, globals);
  if (!questions) return tl::unexpected(questions.error());
  std::map<std::string, std::string> query = {{"item", options.item}};
  if (!options.drive.empty()) query["drive"] = options.drive;
  const auto answer = questions->ask("/v1/items/show", query);
  if (!answer) return tl::unexpected(answer.error());
  bool first = true;
  if (options.json) {
    print_object(answer->at("versions"), true);
    return ExitCode::kDone;
  }
  for (const auto& version : answer->at("versions")) {
    if (!first) std::fputs("\n", stdout);
    print_object(version, false);
    first = false;
  }
  return ExitCode::kDone;
}

Outcome accept(const Globals& globals, const AcceptOptions& options) {
  const auto config = load_config(globals);
  if (!config) return tl::unexpected(config.error());
  auto questions = Questions::open(*config, globals);
  if (!questions) return tl::unexpected(questions.error());
  std::map<std::string, std::string> query = {
      {"drive", options.drive}, {"item", options.item}, {"reason", options.reason}};
  if (options.dry_run) query["dry-run"] = "true";
  if (!options.key.empty()) query["key"] = options.key;
  const auto answer = questions->order("/v1/items/accept", query);
  if (!answer) return tl::unexpected(answer.error());
  print_object(*answer, options.json);
  return ExitCode::kDone;
}

}  // namespace

std::vector<Command> item_commands(const Globals& globals) {
  const auto l = std::make_shared<ListOptions>();
  const auto s = std::make_shared<ShowOptions>();
  const auto a = std::make_shared<AcceptOptions>();
  return {
      {"item list",
       "List what is sealed, every version of every item, oldest first.",
       {"kerros item list", "kerros item list --state suspect",
        "kerros item list --drive 'b!aBcD' --json"},
       {{"--drive", "Only items of this drive", &l->drive, "ID"},
        {"--state",
         "Only this state: pending, bound, unverified, superseded, suspect, void, "
         "shredded",
         &l->state, "STATE"},
        {"--json", "Print a JSON array", &l->json, ""}},
       [&globals, l] { return list(globals, *l); },
       ""},
      {"item show",
       "Show every known version of one item, newest first.",
       {"kerros item show 01ABCDEF", "kerros item show 0193f2c46d1e8a0b5c7d9e0f1a2b3c4d --json"},
       {{"ITEM", "Item id, or the key id of one version and its copies", &s->item, "", true},
        {"--drive", "The drive it lies in, when the id alone is not enough", &s->drive, "ID"},
        {"--json", "Print a JSON array", &s->json, ""}},
       [&globals, s] { return show(globals, *s); },
       ""},
      {"item accept",
       "Accept what was last refused for an item: an older version put back, a copy made outside, "
       "or unprotected content.",
       {"kerros item accept 'b!aBcD' 01ABCDEF --dry-run --reason 'restored by the help desk'",
        "kerros item accept 'b!aBcD' 01ABCDEF --key 0193f2c46d1e8a0b5c7d9e0f1a2b3c4d "
        "--reason 'restored by the help desk'"},
       {{"DRIVE", "Drive id, as the refusal in the audit log names it", &a->drive, "", true},
        {"ITEM", "Item id", &a->item, "", true},
        {"--reason", "Why; goes into the audit log", &a->reason, "TEXT", true},
        {"--key", "What the dry run printed: a key id, or plain; refused when it is another by now",
         &a->key, "KEY"},
        {"--dry-run", "Say what would be accepted, change nothing", &a->dry_run, ""},
        {"--json", "Print a JSON object", &a->json, ""}},
       [&globals, a] { return accept(globals, *a); },
       ""}};
}

}  // namespace kerros::tools
