// kerros key: unit keys and their versions, never the keys themselves; what stands under each.
#include "tools/key.h"

#include <iterator>
#include <memory>

#include "gateway/complaint.h"
#include "tools/commands.h"
#include "tools/output.h"

namespace kerros::tools {
namespace {

struct LookOptions {
  std::string unit;
  bool json = false;
};

Outcome list(const Globals& globals, bool json) {
  auto questions = open_questions(globals);
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

Result<Json> ask_usage(Questions& questions, const std::string& unit) {
  std::map<std::string, std::string> query;
  if (!unit.empty()) query["unit"] = unit;
  return questions.ask("/v1/keys/usage", std::move(query));
}

Outcome usage(const Globals& globals, const LookOptions& options) {
  auto questions = open_questions(globals);
  if (!questions) return tl::unexpected(questions.error());
  const auto answer = ask_usage(*questions, options.unit);
  if (!answer) return tl::unexpected(answer.error());
  ListPrinter printer({{"unit", "UNIT"},
                       {"version", "VERSION"},
                       {"state", "STATE"},
                       {"records", "RECORDS"},
                       {"sessions", "SESSIONS"},
                       {"last_session_ends", "LAST SESSION ENDS"}},
                      options.json);
  printer.add(answer->at("usage"));
  printer.end();
  return ExitCode::kDone;
}

Outcome show(const Globals& globals, const LookOptions& options) {
  auto questions = open_questions(globals);
  if (!questions) return tl::unexpected(questions.error());
  const auto answer = ask_usage(*questions, options.unit);
  if (!answer) return tl::unexpected(answer.error());
  if (options.json) {
    print_object(answer->at("usage"), true);
    return ExitCode::kDone;
  }
  bool first = true;
  for (const auto& version : answer->at("usage")) {
    if (!first) std::fputs("\n", stdout);
    print_object(version, false);
    first = false;
  }
  return ExitCode::kDone;
}

}  // namespace

tl::expected<std::map<std::string, std::string>, Failure> KeyTarget::query() const {
  using Query = std::map<std::string, std::string>;
  if (all && unit.empty()) return Query{{"all", "true"}};
  if (!all && !unit.empty()) return Query{{"unit", unit}};
  return tl::unexpected(
      Failure(complain(ErrorCode::kMalformed, "name one unit, or say --all",
                       "a change of keys is never meant for whatever unit comes first",
                       "`kerros key list` shows the units")
                  .value(),
              ExitCode::kUsage));
}

tl::expected<Questions, Failure> open_questions(const Globals& globals) {
  const auto config = load_config(globals);
  if (!config) return tl::unexpected(config.error());
  auto questions = Questions::open(*config, globals);
  if (!questions) return tl::unexpected(Failure(questions.error()));
  return std::move(*questions);
}

std::vector<Command> key_commands(const Globals& globals) {
  const auto json = std::make_shared<bool>(false);
  const auto s = std::make_shared<LookOptions>();
  const auto u = std::make_shared<LookOptions>();
  return {{"key list",
           "List the versions of every unit's key and what each may do.",
           {"kerros key list", "kerros key list --json"},
           {{"--json", "Print a JSON array", json.get(), ""}},
           [&globals, json] { return list(globals, *json); },
           "pending: made, seals nothing yet. active: seals. replaced: a newer one seals, what is "
           "under it opens. retired: nothing is under it. destroyed: gone."},
          {"key show",
           "Show every version of one unit's key, with what stands under it.",
           {"kerros key show hr", "kerros key show hr --json"},
           {{"UNIT", "Name or id of the unit", &s->unit, "", true},
            {"--json", "Print a JSON array", &s->json, ""}},
           [&globals, s] { return show(globals, *s); },
           ""},
          {"key usage",
           "Count the records and running upload sessions under each version.",
           {"kerros key usage", "kerros key usage hr"},
           {{"UNIT", "Name or id of the unit; left out: all of them", &u->unit, ""},
            {"--json", "Print a JSON array", &u->json, ""}},
           [&globals, u] { return usage(globals, *u); },
           ""}};
}

}  // namespace kerros::tools
