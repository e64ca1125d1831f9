#include "gateway/audit/keeper.h"

#include <unistd.h>

#include <chrono>

#include "gateway/audit/index.h"
#include "gateway/audit/time_text.h"

namespace kerros::audit {
namespace {

constexpr std::chrono::minutes kFirst{1};
constexpr std::chrono::hours kInterval{1};
constexpr std::int64_t kLongestPause = 31;  // days without a record that are not a broken clock
constexpr std::size_t kPage = 1000;

Status unlink_there(const std::string& path) {
  if (::unlink(path.c_str()) == 0 || errno == ENOENT) return {};
  return system_failure("remove", path);
}

}  // namespace

Keeper::Keeper(Start start) : start_(std::move(start)), thread_([this] { run(); }) {}

Keeper::~Keeper() { stop(); }

void Keeper::stop() {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_.exchange(true)) return;
    wake_.notify_one();
  }
  thread_.join();
}

void Keeper::run() {
  std::unique_lock lock(mutex_);
  for (auto pause = std::chrono::seconds(kFirst);; pause = kInterval) {
    if (wake_.wait_for(lock, pause, [this] { return stopping_.load(); })) return;
    lock.unlock();
    (void)work();
    lock.lock();
  }
}

Status Keeper::last() const {
  const std::lock_guard lock(mutex_);
  return last_;
}

Status Keeper::work() {
  const std::lock_guard one_at_a_time(working_);
  Status done = expire();
  if (const Status indexed = index_closed(); done) done = indexed;
  const std::lock_guard lock(mutex_);
  return last_ = std::move(done);
}

Status Keeper::index_closed() {
  const auto segments = start_.writer.segments();
  for (std::size_t i = 0; i + 1 < segments.size() && !stopping_; ++i) {
    if (exists(index_path(start_.directory, segments[i].name))) continue;
    const Status built = build_index(start_.directory, segments[i].name, start_.keys, stopping_);
    if (!built) return built;
  }
  return {};
}

Record Keeper::record_of(Event event, std::string target, std::string status) const {
  return {start_.now_ms(),   event,     "kerros-gateway",
          "retention",       "process", std::move(target),
          std::move(status), 0,         {}};
}

bool Keeper::clock_jumped(const std::vector<SegmentInfo>& segments, const std::string& today) {
  for (auto segment = segments.rbegin(); segment != segments.rend(); ++segment) {
    if (segment->name >= today) continue;
    const auto pause = days_between(segment->name, today);
    if (pause <= kLongestPause) return false;
    if (told_jump_ != today) {
      auto record = record_of(Event::kClockJumped, "today " + today,
                              "refused: nothing expires after so long a pause");
      record.details.emplace_back("last-day", segment->name);
      if (start_.append(std::move(record))) told_jump_ = today;
    }
    return true;
  }
  return false;
}

Status Keeper::expire() {
  const std::uint64_t now = start_.now_ms();
  const std::string before = start_.months == 0 ? "" : months_before(now, start_.months);
  const auto segments = start_.writer.segments();
  if (before.empty() || segments.empty()) return {};
  if (clock_jumped(segments, day_text(now))) return {};
  std::size_t count = 0;
  while (count + 1 < segments.size() && segments[count].name < before) ++count;
  if (count == 0) return forget(before);

  const std::vector<SegmentInfo> gone(segments.begin(),
                                      segments.begin() + static_cast<std::ptrdiff_t>(count));
  const std::uint64_t kept = segments[count].first;
  auto record =
      record_of(Event::kLogExpired,
                "records " + std::to_string(gone.front().first) + " to " + std::to_string(kept - 1),
                "intent");
  record.details = {{"from", gone.front().name}, {"to", gone.back().name}};
  const auto intent = start_.append(record);
  if (!intent) return tl::unexpected(intent.error());
  Status done = fill_cases(segments, kept);
  if (done) done = start_.clerk.keep_from(kept);
  if (done) done = remove(gone, kept);
  if (done) done = forget(before);
  record.time_ms = start_.now_ms();
  record.intent = *intent;
  record.status = done ? "done" : as_field("failed: " + done.error().detail);
  const auto outcome = start_.append(std::move(record));
  if (done && !outcome) return tl::unexpected(outcome.error());
  return done;
}

Status Keeper::forget(const std::string& before_day) {
  if (!start_.forget || forgotten_ == before_day) return {};
  const auto time = parse_time(before_day);
  if (!time) return tl::unexpected(time.error());
  if (auto ok = start_.forget(*time); !ok) return ok;
  forgotten_ = before_day;
  return {};
}

// What cases ask for and came after they were opened.
Status Keeper::fill_cases(const std::vector<SegmentInfo>& segments, std::uint64_t kept) {
  const std::lock_guard lock(cases_);
  const auto names = case_names(start_.directory);
  if (!names) return tl::unexpected(names.error());
  const Shelf shelf{start_.directory, start_.keys, segments, kept - 1};
  for (const std::string& name : *names) {
    auto file = CaseFile::open(start_.directory, name, start_.keys.seal.reveal());
    if (!file) return tl::unexpected(file.error());
    for (std::uint64_t from = file->newest() + 1; from != 0 && from < kept;) {
      const auto page = audit::run(shelf, file->head().filter, from, kPage);
      if (!page) return tl::unexpected(page.error());
      if (auto ok = file->add(page->records, start_.keys.seal.reveal()); !ok) return ok;
      from = page->next;
    }
  }
  return {};
}

Status Keeper::remove(const std::vector<SegmentInfo>& gone, std::uint64_t kept) {
  const std::unique_lock lock(shelf_);
  start_.writer.forget_segments_before(kept);
  for (const SegmentInfo& segment : gone) {  // the oldest first: what is left hangs together
    if (auto ok = unlink_there(index_path(start_.directory, segment.name)); !ok) return ok;
    if (auto ok = unlink_there(segment_path(start_.directory, segment.name)); !ok) return ok;
  }
  if (exists(start_.directory + "/index"))
    if (auto ok = sync_directory(start_.directory + "/index"); !ok) return ok;
  return sync_directory(start_.directory + "/segments");
}

}  // namespace kerros::audit
