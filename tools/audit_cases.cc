// kerros audit annotate, hold, cases, release: what is added to the log and what is kept of it.
#include <memory>

#include "tools/audit.h"
#include "tools/output.h"

namespace kerros::tools {
namespace {

struct CaseOptions {
  LogQuestion asked;
  std::string name;
  std::string reason;
  bool json = false;
};

struct NoteOptions {
  std::uint64_t record = 0;
  std::string note;
  bool json = false;
};

Outcome ordered(const Globals& globals, const std::string& path,
                const std::map<std::string, std::string>& query, bool json) {
  const auto config = load_config(globals);
  if (!config) return tl::unexpected(config.error());
  auto questions = Questions::open(*config, globals);
  if (!questions) return tl::unexpected(questions.error());
  const auto answer = questions->order(path, query);
  if (!answer) return tl::unexpected(answer.error());
  print_object(*answer, json);
  return ExitCode::kDone;
}

Outcome hold(const Globals& globals, const CaseOptions& options) {
  const auto config = load_config(globals);
  if (!config) return tl::unexpected(config.error());
  auto questions = Questions::open(*config, globals);
  if (!questions) return tl::unexpected(questions.error());
  auto query = options.asked.texts();
  query["case"] = options.name;
  query["reason"] = options.reason;
  while (true) {
    const auto answer = questions->order("/v1/audit/hold", query);
    if (!answer) return tl::unexpected(answer.error());
    if (answer->at("next").is_null()) {
      print_object({{"case", options.name}, {"records", answer->at("records")}}, options.json);
      return ExitCode::kDone;
    }
    query["from"] = std::to_string(answer->at("next").get<std::uint64_t>());
    query["intent"] = std::to_string(answer->at("intent").get<std::uint64_t>());
  }
}

Outcome list(const Globals& globals, bool json) {
  const auto config = load_config(globals);
  if (!config) return tl::unexpected(config.error());
  auto questions = Questions::open(*config, globals);
  if (!questions) return tl::unexpected(questions.error());
  const auto answer = questions->ask("/v1/audit/cases");
  if (!answer) return tl::unexpected(answer.error());
  ListPrinter printer(
      {{"case", "CASE"}, {"opened", "OPENED"}, {"records", "RECORDS"}, {"asks", "HOLDS"}}, json);
  printer.add(answer->at("cases"));
  printer.end();
  return ExitCode::kDone;
}

}  // namespace

std::vector<Command> audit_case_commands(const Globals& globals) {
  const auto n = std::make_shared<NoteOptions>();
  const auto h = std::make_shared<CaseOptions>();
  const auto r = std::make_shared<CaseOptions>();
  const auto json = std::make_shared<bool>(false);
  std::vector<Option> held = {
      {"CASE", "Name of the case: letters, digits, \"-\", \"_\", \".\"", &h->name, "", true},
      {"--reason", "Why it is kept; goes into the log", &h->reason, "TEXT", true},
      {"--json", "Print a JSON object", &h->json, ""}};
  add_filters(held, h->asked);
  return {
      {"audit annotate",
       "Add a word to a record: a correction, an explanation, a restriction.",
       {"kerros audit annotate 4711 --note 'contested by the person; case 2026-17'"},
       {{"RECORD", "Position of the record", &n->record, "", true},
        {"--note", "The word", &n->note, "TEXT", true},
        {"--json", "Print a JSON object", &n->json, ""}},
       [&globals, n] {
         return ordered(globals, "/v1/audit/notes",
                        {{"record", std::to_string(n->record)}, {"note", n->note}}, n->json);
       },
       "The record itself is never changed: the note is a record of its own that names it."},
      {"audit hold",
       "Keep the records that match for a case, beyond the time of retention.",
       {"kerros audit hold 2026-17 --reason 'data breach notice' --item 01ABCDEF",
        "kerros audit hold 2026-18 --reason 'complaint' --subject aino@example.org"},
       std::move(held),
       [&globals, h] { return hold(globals, *h); },
       "What matches is copied at once, and what matches later before it expires. `kerros audit "
       "query --held CASE` reads it."},
      {"audit cases",
       "List the cases that records are held for.",
       {"kerros audit cases", "kerros audit cases --json"},
       {{"--json", "Print a JSON array", json.get(), ""}},
       [&globals, json] { return list(globals, *json); },
       ""},
      {"audit release",
       "Close a case: what only it held is gone for ever.",
       {"kerros audit release 2026-17 --reason 'closed by decision 99'"},
       {{"CASE", "Name of the case", &r->name, "", true},
        {"--reason", "Why; goes into the log", &r->reason, "TEXT", true},
        {"--json", "Print a JSON object", &r->json, ""}},
       [&globals, r] {
         return ordered(globals, "/v1/audit/release", {{"case", r->name}, {"reason", r->reason}},
                        r->json);
       },
       ""}};
}

}  // namespace kerros::tools
