// kerros audit: who did what with which right; reading it is recorded too, with what for.
#include "tools/audit.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "gateway/audit/checkpoint_files.h"
#include "tools/commands.h"
#include "tools/output.h"
#include "tools/whole_output.h"

namespace kerros::tools {
namespace {

constexpr std::size_t kMaxNotes = 64 << 20;

std::vector<Column> columns() {
  return {{"position", "RECORD"}, {"time", "TIME"},     {"event", "EVENT"},   {"actor", "ACTOR"},
          {"right", "RIGHT"},     {"source", "SOURCE"}, {"target", "TARGET"}, {"status", "STATUS"}};
}

struct ReadOptions {
  LogQuestion asked;
  std::uint64_t count = 20;
  std::string out;
  bool proof = false;
  bool json = false;
};

using Show = std::function<Status(const Json& records)>;

// Page by page. The end is where the log ended when it was asked first: each page adds a record.
Status read_pages(Questions& questions, std::map<std::string, std::string> query,
                  const Show& show) {
  std::uint64_t end = UINT64_MAX;
  while (true) {
    const auto page = questions.ask("/v1/audit", query);
    if (!page) return tl::unexpected(page.error());
    if (!query.contains("held")) end = std::min(end, page->at("size").get<std::uint64_t>());
    auto records = page->at("records");
    while (!records.empty() && records.back().at("position").get<std::uint64_t>() > end)
      records.erase(records.size() - 1);
    if (auto ok = show(records); !ok) return ok;
    if (page->at("next").is_null() || page->at("next").get<std::uint64_t>() > end) return {};
    query.erase("last");
    query["from"] = std::to_string(page->at("next").get<std::uint64_t>());
  }
}

Outcome print_pages(const Globals& globals, std::map<std::string, std::string> query, bool json) {
  const auto config = load_config(globals);
  if (!config) return tl::unexpected(config.error());
  auto questions = Questions::open(*config, globals);
  if (!questions) return tl::unexpected(questions.error());
  ListPrinter printer(columns(), json);
  const auto read = read_pages(*questions, std::move(query), [&](const Json& records) -> Status {
    printer.add(records);
    return {};
  });
  if (!read) return tl::unexpected(read.error());
  printer.end();
  return ExitCode::kDone;
}

Outcome tail(const Globals& globals, const ReadOptions& options) {
  auto query = options.asked.texts();
  query["last"] = std::to_string(options.count);
  return print_pages(globals, std::move(query), options.json);
}

Outcome query(const Globals& globals, const ReadOptions& options) {
  return print_pages(globals, options.asked.texts(), options.json);
}

Outcome write_lines(const Globals& globals, const ReadOptions& options) {
  const auto config = load_config(globals);
  if (!config) return tl::unexpected(config.error());
  auto questions = Questions::open(*config, globals);
  if (!questions) return tl::unexpected(questions.error());
  auto query = options.asked.texts();
  if (options.proof) query["proof"] = "true";
  std::optional<WholeOutput> file;
  if (!options.out.empty()) {
    auto created = WholeOutput::create(options.out, Replace::kNo);
    if (!created) return tl::unexpected(created.error());
    file.emplace(std::move(*created));
  }
  const auto read = read_pages(*questions, std::move(query), [&](const Json& records) -> Status {
    std::string lines;
    for (const auto& record : records)
      lines += record.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
    if (file) return file->write(as_bytes(lines));
    print_text(lines);
    return {};
  });
  if (!read) return tl::unexpected(read.error());
  if (file)
    if (auto ok = file->publish(); !ok) return tl::unexpected(ok.error());
  return ExitCode::kDone;
}

struct VerifyOptions {
  std::string directory;
  std::string verifier;
  std::string older;
  bool json = false;
};

Result<std::string> notes_of(const std::string& file) {
  if (file.empty()) return std::string();
  const auto bytes = audit::read_whole(file, kMaxNotes);
  if (bytes) return std::string(as_text(*bytes));
  return complain(bytes.error().code, "cannot read the checkpoint " + file, bytes.error().detail,
                  "--older names a copy of `checkpoint` or `checkpoints` of this log");
}

// The newest of several says all that the older ones say.
std::string newest_of(const std::string& notes) {
  const auto history = audit::split_history(notes);
  if (!history.rest.empty()) return std::string(history.rest);
  return history.notes.empty() ? "" : std::string(history.notes.back());
}

// Without a store, a key, or a configuration: what an auditor does who was given a copy.
Outcome verify_copy(const VerifyOptions& options, const std::string& older) {
  const auto beside = audit::read_whole(options.directory + "/verifier", 4096);
  if (!beside) return tl::unexpected(beside.error());
  const std::string named(as_text(*beside));
  if (options.verifier.empty())
    warn(
        "signatures are checked with the key that lies beside the log; give --verifier the one "
        "you were given");
  else if (named != options.verifier + "\n")
    return tl::unexpected(complain(ErrorCode::kNotAuthentic, "the log is signed by another key",
                                   "its verifier is not the one that was given",
                                   "compare both with what was noted when the log began")
                              .value());
  const auto result =
      audit::verify(options.directory, named.substr(0, named.find('+')), nullptr, older);
  if (!result) return tl::unexpected(result.error());
  print_object({{"records", result->records},
                {"unsigned_records", result->unsigned_records},
                {"expired", result->expired},
                {"checkpoints", result->checkpoints},
                {"last_checkpoint", result->last_checkpoint_time},
                {"store_went_back", result->store_went_back},
                {"verifier", result->verifier}},
               options.json);
  return ExitCode::kDone;
}

Outcome verify(const Globals& globals, const VerifyOptions& options) {
  const auto older = notes_of(options.older);
  if (!older) return tl::unexpected(older.error());
  if (!options.directory.empty()) return verify_copy(options, *older);
  const auto config = load_config(globals);
  if (!config) return tl::unexpected(config.error());
  auto questions = Questions::open(*config, globals);
  if (!questions) return tl::unexpected(questions.error());
  std::map<std::string, std::string> query;
  if (!older->empty()) query["older"] = newest_of(*older);
  const auto answer = questions->ask("/v1/audit/verify", query);
  if (!answer) return tl::unexpected(answer.error());
  print_object(*answer, options.json);
  return ExitCode::kDone;
}

Outcome lint(const Globals& globals, bool json) {
  const auto config = load_config(globals);
  if (!config) return tl::unexpected(config.error());
  auto questions = Questions::open(*config, globals);
  if (!questions) return tl::unexpected(questions.error());
  Json total = {{"records", 0}, {"faults", 0}, {"findings", Json::array()}};
  std::map<std::string, std::string> query;
  while (true) {
    const auto answer = questions->ask("/v1/audit/lint", query);
    if (!answer) return tl::unexpected(answer.error());
    for (const char* count : {"records", "faults"})
      total[count] = total[count].get<std::uint64_t>() + answer->at(count).get<std::uint64_t>();
    for (const auto& finding : answer->at("findings"))
      if (total["findings"].size() < admin::kMaxPage) total["findings"].push_back(finding);
    if (answer->at("next").is_null()) break;
    query["from"] = std::to_string(answer->at("next").get<std::uint64_t>());
  }
  print_object(total, json);
  return total["faults"].get<std::uint64_t>() == 0 ? ExitCode::kDone : ExitCode::kFailed;
}

std::vector<Option> with_filters(std::vector<Option> options, LogQuestion& asked) {
  options.push_back({"--purpose", "What for; goes into the log", &asked.purpose, "TEXT", true});
  options.push_back(
      {"--case", "Number of the case it is for; goes into the log", &asked.number, "TEXT"});
  add_filters(options, asked);
  return options;
}

}  // namespace

std::map<std::string, std::string> LogQuestion::texts() const {
  std::map<std::string, std::string> texts;
  for (const auto& [name, text] :
       {std::pair("purpose", &purpose), std::pair("case", &number), std::pair("held", &held),
        std::pair("since", &since), std::pair("until", &until), std::pair("actor", &actor),
        std::pair("item", &item), std::pair("key", &key), std::pair("unit", &unit),
        std::pair("event", &event), std::pair("class", &event_class), std::pair("status", &status),
        std::pair("subject", &subject)})
    if (!text->empty()) texts[name] = *text;
  return texts;
}

void add_filters(std::vector<Option>& options, LogQuestion& asked) {
  options.insert(options.end(),
                 {{"--since", "From this day or time on: 2026-11-21 or 2026-11-21T08:00:00Z",
                   &asked.since, "TIME"},
                  {"--until", "Before this time, or through this day", &asked.until, "TIME"},
                  {"--actor", "Done by", &asked.actor, "WHO"},
                  {"--item", "About this item", &asked.item, "ID"},
                  {"--key", "About the file with this key id", &asked.key, "ID"},
                  {"--unit", "About this unit", &asked.unit, "NAME"},
                  {"--event", "This event, as docs/operations.md lists them", &asked.event, "NAME"},
                  {"--class", "ADMIN, ACCESS, CHANGE or ERROR", &asked.event_class, "CLASS"},
                  {"--status", "Whose status begins so: refused, failed, \"done: unverified\"",
                   &asked.status, "TEXT"},
                  {"--subject", "Everything that names this person, as actor or otherwise",
                   &asked.subject, "WHO"}});
}

std::vector<Command> audit_commands(const Globals& globals) {
  const auto t = std::make_shared<ReadOptions>();
  const auto q = std::make_shared<ReadOptions>();
  const auto e = std::make_shared<ReadOptions>();
  const auto v = std::make_shared<VerifyOptions>();
  const auto json = std::make_shared<bool>(false);
  const char* kRecorded =
      "Reading the log is itself recorded in it: who, what for, what was asked, and a hash of what "
      "was shown.";
  std::vector<Command> commands = {
      {"audit tail",
       "Show the newest records of the audit log, newest last.",
       {"kerros audit tail --purpose 'daily review'",
        "kerros audit tail --purpose 'fault 1234' -n 100 --json"},
       {{"-n,--count", "How many records (20)", &t->count, "N"},
        {"--purpose", "What for; goes into the log", &t->asked.purpose, "TEXT", true},
        {"--case", "Number of the case it is for; goes into the log", &t->asked.number, "TEXT"},
        {"--json", "Print a JSON array", &t->json, ""}},
       [&globals, t] { return tail(globals, *t); },
       kRecorded},
      {"audit query",
       "Show the records that match, oldest first.",
       {"kerros audit query --purpose 'case 2026-17' --item 01ABCDEF --since 2026-11-01",
        "kerros audit query --purpose 'daily review' --class ERROR --json"},
       with_filters({{"--held", "Among what this case holds", &q->asked.held, "CASE"},
                     {"--json", "Print a JSON array", &q->json, ""}},
                    q->asked),
       [&globals, q] { return query(globals, *q); },
       kRecorded},
      {"audit export",
       "Write the records that match as JSON Lines, oldest first.",
       {"kerros audit export --purpose 'access request 31' --subject aino@example.org -o "
        "aino.jsonl",
        "kerros audit export --purpose 'yearly audit' --proof -o log.jsonl"},
       with_filters({{"-o,--out", "Where to (stdout)", &e->out, "FILE"},
                     {"--held", "What this case holds", &e->asked.held, "CASE"},
                     {"--proof",
                      "With each record its salt and its bytes, so that it can be proven against "
                      "the tree without a key",
                      &e->proof, ""}},
                    e->asked),
       [&globals, e] { return write_lines(globals, *e); },
       std::string(kRecorded) +
           " The hash is SHA-256 over the lines of one page, at most 1000 of them; each page is on "
           "record with its first and last position."},
      {"audit verify",
       "Check every record, the tree over them and its signed checkpoints.",
       {"kerros audit verify", "kerros audit verify --older /mnt/elsewhere/checkpoint",
        "kerros audit verify --directory copy/of/audit --verifier 'kerros/...+1a2b3c4d+AX...'"},
       {{"--older", "Checkpoints of this log that were kept elsewhere", &v->older, "FILE"},
        {"--directory", "A copy of a log, checked without store, key or configuration",
         &v->directory, "DIR"},
        {"--verifier", "The key that the auditor was given; with --directory", &v->verifier,
         "VKEY"},
        {"--json", "Print a JSON object", &v->json, ""}},
       [&globals, v] { return verify(globals, *v); },
       "Exit code 4 when anything was changed, removed or put back. Only a checkpoint kept "
       "elsewhere shows a log that was written anew as a whole."},
      {"audit lint",
       "Hold every record against the table of events, and look for what must not be in a log.",
       {"kerros audit lint", "kerros audit lint --json"},
       {{"--json", "Print a JSON object", json.get(), ""}},
       [&globals, json] { return lint(globals, *json); },
       "Found are empty fields, outcomes without their intent, tokens, keys, addresses that open a "
       "file by themselves, and bytes of content. Exit code 1 when there is one."}};
  for (auto& command : audit_case_commands(globals)) commands.push_back(std::move(command));
  return commands;
}

}  // namespace kerros::tools
