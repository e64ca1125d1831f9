// kerros key rewrap: records move to the active version, watched and at the speed that is asked
// for.
//
// Nothing is remembered between two requests but where to go on: a command that is stopped or
// killed is given again, and what was moved costs the next pass a look.
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <thread>

#include "tools/commands.h"
#include "tools/key.h"
#include "tools/output.h"
#include "tools/rate.h"

namespace kerros::tools {
namespace {

using Query = std::map<std::string, std::string>;

constexpr int kPasses = 5;  // records that change while they are moved are left to the next one
constexpr std::uint64_t kMostAtOnce = 1'000'000;  // records of one request

struct RewrapOptions {
  KeyTarget target;
  std::uint64_t rate = 0;
  bool dry_run = false;
  bool json = false;
};

// One line on a terminal's stderr, drawn anew; for nobody else.
class Progress {
 public:
  explicit Progress(std::uint64_t total) : total_(total), shown_(::isatty(STDERR_FILENO) == 1) {}
  ~Progress() {
    if (shown_) std::fputs("\r\033[K", stderr);
  }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void show(std::uint64_t moved) const {
    if (!shown_ || total_ == 0) return;
    constexpr std::uint64_t kWidth = 40;
    const auto done = std::min(moved * kWidth / total_, kWidth);
    const std::string bar = std::string(done, '#') + std::string(kWidth - done, '.');
    const auto line = "\r[" + bar + "] " + std::to_string(moved) + " of " + std::to_string(total_);
    std::fputs(line.c_str(), stderr);
  }

 private:
  std::uint64_t total_;
  bool shown_;
};

// Records that stand under another version than the one that seals.
Result<std::uint64_t> left_to_move(Questions& questions, const KeyTarget& target) {
  Query query;
  if (!target.all) query["unit"] = target.unit;
  const auto answer = questions.ask("/v1/keys/usage", std::move(query));
  if (!answer) return tl::unexpected(answer.error());
  std::uint64_t records = 0;
  for (const auto& version : answer->at("usage"))
    if (version.at("state") != "active") records += version.at("records").get<std::uint64_t>();
  return records;
}

// From the first record to the last.
Status one_pass(Questions& questions, Query query, std::uint64_t rate, std::uint64_t& moved,
                const Progress& progress) {
  if (rate != 0) query["limit"] = std::to_string(std::min<std::uint64_t>(rate, kMostAtOnce));
  for (;;) {
    const auto began = std::chrono::steady_clock::now();
    const auto answer = questions.order("/v1/keys/rewrap", query);
    if (!answer) return tl::unexpected(answer.error());
    const auto step = answer->at("moved").get<std::uint64_t>();
    moved += step;
    progress.show(moved);
    if (answer->at("next").is_null()) return {};
    query["after"] = answer->at("next").get<std::string>();
    std::this_thread::sleep_until(began + least_time(step, rate));
  }
}

Outcome rewrap(const Globals& globals, const RewrapOptions& options) {
  const auto query = options.target.query();
  if (!query) return tl::unexpected(query.error());
  auto questions = open_questions(globals);
  if (!questions) return tl::unexpected(questions.error());
  auto left = left_to_move(*questions, options.target);
  if (!left) return tl::unexpected(left.error());
  std::uint64_t moved = 0;
  if (!options.dry_run) {
    const Progress progress(*left);
    for (int pass = 0; pass < kPasses && *left != 0; ++pass) {
      if (auto ok = one_pass(*questions, *query, options.rate, moved, progress); !ok)
        return tl::unexpected(ok.error());
      left = left_to_move(*questions, options.target);
      if (!left) return tl::unexpected(left.error());
    }
  }
  print_object({{"moved", moved}, {"left", *left}, {"done", !options.dry_run}}, options.json);
  return ExitCode::kDone;
}

}  // namespace

std::vector<Command> key_rewrap_commands(const Globals& globals) {
  const auto o = std::make_shared<RewrapOptions>();
  return {
      {"key rewrap",
       "Move the records of older versions to the one that seals. Nothing in the cloud changes.",
       {"kerros key rewrap hr", "kerros key rewrap --all --rate 5000",
        "kerros key rewrap --all --dry-run"},
       {{"UNIT", "Name or id of the unit", &o->target.unit, ""},
        {"--all", "Every unit", &o->target.all, ""},
        {"--rate", "At most so many records a second; left out: as fast as it goes", &o->rate, "N"},
        {"--dry-run", "Say how many records would be moved, change nothing", &o->dry_run, ""},
        {"--json", "Print a JSON object", &o->json, ""}},
       [&globals, o] { return rewrap(globals, *o); },
       "Uploads and downloads go on meanwhile. Stopped or killed, it is simply given again."}};
}

}  // namespace kerros::tools
