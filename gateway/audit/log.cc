#include "gateway/audit/log.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <future>
#include <map>
#include <set>

#include "gateway/audit/case_file.h"
#include "gateway/audit/clerk.h"
#include "gateway/audit/keeper.h"
#include "gateway/audit/recovery.h"
#include "gateway/audit/time_text.h"
#include "gateway/audit/writer.h"

namespace kerros::audit {
namespace {

constexpr std::size_t kHeldAtOnce = 10'000;

}  // namespace

struct Log::State {
  explicit State(LogParams p, Keys k) : params(std::move(p)), keys(std::move(k)) {}
  Status take_lock();
  bool is_blank() const;
  Result<Signer> make_signer() const;
  Result<CheckpointFiles> open_checkpoints(const Signer& signer) const;
  Status start();
  Shelf shelf() const;
  std::future<Result<std::uint64_t>> append(Record record);
  Status abandon(const std::map<std::uint64_t, std::optional<Record>>& open_intents);
  Result<Record> abandoned(std::uint64_t position, const std::optional<Record>& intent) const;

  LogParams params;
  Keys keys;
  Fd lock;
  std::unique_ptr<Clerk> clerk;  // goes after the writer, which hands it entries
  std::unique_ptr<Writer> writer;
  std::unique_ptr<Keeper> keeper;
};

Status Log::State::take_lock() {
  const std::string path = params.directory + "/lock";
  auto fd = open_file(path, O_RDWR | O_CREAT);
  if (!fd) return tl::unexpected(fd.error());
  if (::flock(fd->get(), LOCK_EX | LOCK_NB) != 0)
    return fail(ErrorCode::kConflict,
                "somebody else has the audit log in " + params.directory + " open");
  lock = std::move(*fd);
  return {};
}

// A directory that somebody opened after a loss, and nobody ever wrote to.
bool Log::State::is_blank() const {
  const auto segments = names_in(params.directory + "/segments");
  const auto note = read_whole(params.directory + "/checkpoint", 4096);
  if (!segments || !segments->empty() || !note || exists(params.directory + "/tile")) return false;
  const std::string_view text = as_text(*note);
  const std::size_t line = text.find('\n');
  return line != std::string_view::npos && text.substr(line).starts_with("\n0\n");
}

Result<Signer> Log::State::make_signer() const {
  const std::string path = params.directory + "/verifier";
  const auto stands = read_whole(path, 4096);
  if (!stands && stands.error().code != ErrorCode::kNotFound) return tl::unexpected(stands.error());
  std::string origin = params.origin;
  if (stands) {
    const std::string_view named = as_text(*stands).substr(0, as_text(*stands).find('+'));
    if (is_origin_of(named, params.origin)) origin = named;
  } else if (params.begins_again) {
    origin += "/since-" + time_text(params.now_ms());
  }
  auto signer = Signer::make(origin, keys.sign.reveal());
  if (!signer) return signer;
  const std::string text = signer->verifier().text() + "\n";
  if (stands && as_text(*stands) != text)
    return fail(ErrorCode::kNotAuthentic, path + " names another key or origin");
  if (!stands)
    if (auto ok = replace_file(path, as_bytes(text)); !ok) return tl::unexpected(ok.error());
  return signer;
}

Result<CheckpointFiles> Log::State::open_checkpoints(const Signer& signer) const {
  auto files = CheckpointFiles::open(params.directory, signer.verifier(), params.second_place);
  if (!files || files->newest()) return files;
  // Nothing was ever signed: then there is nothing.
  const auto segments = names_in(params.directory + "/segments");
  if (!segments) return tl::unexpected(segments.error());
  if (!segments->empty() || exists(params.directory + "/tile"))
    return fail(ErrorCode::kNotAuthentic, "the checkpoints of the log were removed");
  const Checkpoint empty{0, TileTree().root(), params.now_ms(), {}, std::nullopt};
  if (auto ok = files->put(signer, empty, CheckpointFiles::Keep::kInHistory); !ok)
    return tl::unexpected(ok.error());
  return files;
}

Status Log::State::start() {
  if (params.begins_again && is_blank())
    for (const char* name : {"/verifier", "/checkpoint", "/checkpoints"})
      ::unlink((params.directory + name).c_str());
  auto signer = make_signer();
  if (!signer) return tl::unexpected(signer.error());
  auto checkpoints = open_checkpoints(*signer);
  if (!checkpoints) return tl::unexpected(checkpoints.error());
  const Checkpoint newest = *checkpoints->newest();
  auto tree = read_tree(params.directory, newest.size);
  if (!tree || tree->root() != newest.root)
    return fail(ErrorCode::kNotAuthentic, "the tree is not the one that was signed" +
                                              (tree ? "" : ": " + tree.error().detail));
  auto found = recover(params.directory, keys, newest.size);
  if (!found) return tl::unexpected(found.error());
  Writer::Start start{params.directory,
                      found->segments,
                      {},
                      found->records,
                      {},
                      params.now_ms,
                      [this](const std::vector<Digest>& entries) { clerk->add(entries); }};
  if (found->last) {
    auto segment = SegmentWriter::resume(params.directory, *found->last, found->last_length);
    if (!segment) return tl::unexpected(segment.error());
    start.current = std::move(*segment);
  }
  // What has expired has no outcome any more.
  if (!found->segments.empty())
    found->open_intents.erase(found->open_intents.begin(),
                              found->open_intents.lower_bound(found->segments.front().first));
  for (const auto& [position, record] : found->open_intents) start.open_intents.insert(position);
  clerk = std::make_unique<Clerk>(Clerk::Start{params.directory, std::move(*signer),
                                               std::move(*checkpoints), std::move(*tree),
                                               params.store_mark, params.now_ms});
  clerk->add(found->unsigned_entries);
  writer = std::make_unique<Writer>(std::move(start), keys);
  if (auto ok = abandon(found->open_intents); !ok) return ok;
  if (auto ok = clerk->checkpoint(); !ok) return ok;
  keeper = std::make_unique<Keeper>(Keeper::Start{
      params.directory, keys, *writer, *clerk, params.now_ms, params.retention_months,
      params.forget, [this](Record record) { return append(std::move(record)).get(); }});
  return {};
}

Shelf Log::State::shelf() const {
  // The count first: segments may come after it, but none of those that hold it can be missing.
  const std::uint64_t size = writer->size();
  return {params.directory, keys, writer->segments(), size};
}

std::future<Result<std::uint64_t>> Log::State::append(Record record) {
  // Shared, because the one who waits may go on while set_value() still runs.
  auto promise = std::make_shared<std::promise<Result<std::uint64_t>>>();
  writer->append(std::move(record), [promise](Result<std::uint64_t> position) {
    promise->set_value(std::move(position));
  });
  return promise->get_future();
}

Status Log::State::abandon(const std::map<std::uint64_t, std::optional<Record>>& open_intents) {
  const std::set<std::uint64_t> live(params.live_intents.begin(), params.live_intents.end());
  std::vector<std::future<Result<std::uint64_t>>> appended;  // together, for one sync
  for (const auto& [position, intent] : open_intents) {
    if (live.contains(position)) continue;
    auto record = abandoned(position, intent);
    if (!record) return tl::unexpected(record.error());
    appended.push_back(append(std::move(*record)));
  }
  for (auto& one : appended)
    if (auto position = one.get(); !position) return tl::unexpected(position.error());
  return {};
}

Result<Record> Log::State::abandoned(std::uint64_t position,
                                     const std::optional<Record>& intent) const {
  Record of;
  if (intent) {
    of = *intent;
  } else {
    auto read = read_records(params.directory, keys, writer->segments(), position, 1);
    if (!read) return tl::unexpected(read.error());
    if (read->empty()) return fail(ErrorCode::kNotAuthentic, "an open intent is not in the log");
    of = std::move(read->front());
  }
  Record record{params.now_ms(),
                Event::kAbandoned,
                of.actor,
                of.right,
                of.source,
                of.target,
                "failed: no outcome was recorded",
                position,
                {}};
  record.details.emplace_back("intent", std::string(name(of.event)));
  return record;
}

Log::Log() = default;

Log::~Log() {
  if (state_->keeper) state_->keeper->stop();
  if (state_->writer) state_->writer->stop();
  if (state_->clerk) state_->clerk->stop();
}

Result<std::unique_ptr<Log>> Log::open(LogParams params, Keys keys) {
  for (const char* part : {"", "/segments"})
    if (auto ok = make_directory(params.directory + part); !ok) return tl::unexpected(ok.error());
  std::unique_ptr<Log> log(new Log);
  log->state_ = std::make_unique<State>(std::move(params), std::move(keys));
  State& state = *log->state_;
  if (auto ok = state.take_lock(); !ok) return tl::unexpected(ok.error());
  if (auto ok = state.start(); !ok) return tl::unexpected(ok.error());
  return log;
}

void Log::append(Record record, Appended done) {
  state_->writer->append(std::move(record), std::move(done));
}

Result<Page> Log::query(const Filter& filter, std::uint64_t from, std::size_t limit) const {
  const std::shared_lock lock(state_->keeper->shelf());
  return run(state_->shelf(), filter, from, limit);
}

Result<std::uint64_t> Log::hold(const std::string& name, const Filter& filter, std::uint64_t from) {
  const std::lock_guard one_at_a_time(state_->keeper->cases());
  const ByteView key = std::as_const(state_->keys.seal).reveal();
  const std::string& directory = state_->params.directory;
  auto file = from <= 1 ? CaseFile::create(directory, {name, state_->params.now_ms(), filter}, key)
                        : CaseFile::open(directory, name, key);
  if (!file) return tl::unexpected(file.error());
  if (file->head().filter != filter)
    return fail(ErrorCode::kConflict, "the case " + name + " asks for other records");
  const auto page = query(filter, from, kHeldAtOnce);
  if (!page) return tl::unexpected(page.error());
  if (auto ok = file->add(page->records, key); !ok) return tl::unexpected(ok.error());
  return page->next;
}

Result<std::vector<HeldCase>> Log::cases() const {
  const std::lock_guard one_at_a_time(state_->keeper->cases());
  const auto names = case_names(state_->params.directory);
  if (!names) return tl::unexpected(names.error());
  std::vector<HeldCase> cases;
  for (const std::string& name : *names) {
    const auto file =
        CaseFile::open(state_->params.directory, name, std::as_const(state_->keys.seal).reveal());
    if (!file) return tl::unexpected(file.error());
    cases.push_back({name, file->head().opened_ms, file->records(), file->head().filter});
  }
  return cases;
}

Result<Page> Log::read_case(const std::string& name, std::uint64_t from, std::size_t limit) const {
  const std::lock_guard one_at_a_time(state_->keeper->cases());
  const ByteView key = std::as_const(state_->keys.seal).reveal();
  const auto file = CaseFile::open(state_->params.directory, name, key);
  if (!file) return tl::unexpected(file.error());
  return file->read(from, limit, key);
}

Status Log::release(const std::string& name) {
  const std::lock_guard one_at_a_time(state_->keeper->cases());
  return remove_case(state_->params.directory, name);
}

Status Log::keep() { return state_->keeper->work(); }
Status Log::keeping() const {
  if (auto ok = state_->keeper->last(); !ok) return ok;
  return state_->clerk->copied();
}

Result<std::uint64_t> Log::append_and_wait(Record record) {
  return state_->append(std::move(record)).get();
}

std::optional<StoreMark> Log::last_store_mark() const { return state_->clerk->last_store_mark(); }
Status Log::accept_store() { return state_->clerk->accept_store(); }
Status Log::checkpoint() { return state_->clerk->checkpoint(); }
std::uint64_t Log::size() const { return state_->writer->size(); }

Status Log::health() const {
  if (auto ok = state_->writer->health(); !ok) return ok;
  return state_->clerk->health();
}

Result<std::vector<Record>> Log::read(std::uint64_t from, std::size_t limit) const {
  const std::uint64_t size = this->size();
  if (from == 0) return fail(ErrorCode::kMalformed, "the first record has position 1");
  if (from > size) return std::vector<Record>{};
  const std::shared_lock lock(state_->keeper->shelf());
  return read_records(state_->params.directory, state_->keys, state_->writer->segments(), from,
                      std::min<std::uint64_t>(limit, size - from + 1));
}

}  // namespace kerros::audit
