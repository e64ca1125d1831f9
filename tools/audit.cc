// kerros audit: who did what with which right; reading it is recorded too.
#include <algorithm>
#include <memory>

#include "tools/commands.h"
#include "tools/output.h"

namespace kerros::tools {
namespace {

struct TailOptions {
  std::uint64_t count = 20;
  bool json = false;
};

Outcome tail(const Globals& globals, const TailOptions& options) {
  const auto config = load_config(globals);
  if (!config) return tl::unexpected(config.error());
  auto questions = Questions::open(*config, globals);
  if (!questions) return tl::unexpected(questions.error());
  ListPrinter printer({{"time", "TIME"},
                       {"event", "EVENT"},
                       {"actor", "ACTOR"},
                       {"right", "RIGHT"},
                       {"source", "SOURCE"},
                       {"target", "TARGET"},
                       {"status", "STATUS"}},
                      options.json);
  std::map<std::string, std::string> query = {{"last", std::to_string(options.count)}};
  // The end is where the log ended when it was asked first: each page asked adds a record.
  std::uint64_t end = UINT64_MAX;
  while (true) {
    const auto page = questions->ask("/v1/audit", query);
    if (!page) return tl::unexpected(page.error());
    end = std::min(end, page->at("size").get<std::uint64_t>());
    printer.add(page->at("records"));
    const auto next = page->at("from").get<std::uint64_t>() + page->at("records").size();
    if (next > end || page->at("records").empty()) break;
    query = {{"from", std::to_string(next)},
             {"limit", std::to_string(std::min<std::uint64_t>(admin::kMaxPage, end - next + 1))}};
  }
  printer.end();
  return ExitCode::kDone;
}

Outcome verify(const Globals& globals, bool json) {
  const auto config = load_config(globals);
  if (!config) return tl::unexpected(config.error());
  auto questions = Questions::open(*config, globals);
  if (!questions) return tl::unexpected(questions.error());
  const auto answer = questions->ask("/v1/audit/verify");
  if (!answer) return tl::unexpected(answer.error());
  print_object(*answer, json);
  return ExitCode::kDone;
}

}  // namespace

std::vector<Command> audit_commands(const Globals& globals) {
  const auto t = std::make_shared<TailOptions>();
  const auto json = std::make_shared<bool>(false);
  return {{"audit tail",
           "Show the newest records of the audit log, newest last.",
           {"kerros audit tail", "kerros audit tail -n 100 --json"},
           {{"-n,--count", "How many records (20)", &t->count, "N"},
            {"--json", "Print a JSON array", &t->json, ""}},
           [&globals, t] { return tail(globals, *t); },
           "Reading the log is itself recorded in it."},
          {"audit verify",
           "Check every record, the tree over them and its signed checkpoints.",
           {"kerros audit verify", "kerros audit verify --json"},
           {{"--json", "Print a JSON object", json.get(), ""}},
           [&globals, json] { return verify(globals, *json); },
           "Exit code 4 when anything was changed, removed or put back."}};
}

}  // namespace kerros::tools
