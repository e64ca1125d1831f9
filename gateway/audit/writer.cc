#include "gateway/audit/writer.h"

#include <algorithm>
#include <utility>

#include "crypto/random.h"
#include "gateway/audit/time_text.h"

namespace kerros::audit {
namespace {

constexpr std::size_t kMaxGroup = 1024;    // records in one write
constexpr std::size_t kMaxQueued = 65536;  // more than a disk that hangs should collect

Error closed() { return {ErrorCode::kUnavailable, "the audit log is closed"}; }

// Whatever the reason, the caller can only come again later.
Error unavailable(const Error& cause) { return {ErrorCode::kUnavailable, cause.detail}; }

}  // namespace

Writer::Writer(Start start, const Keys& keys)
    : start_(std::move(start)), keys_(keys), thread_([this] { run(); }) {}

Writer::~Writer() { stop(); }

void Writer::append(Record record, Appended done) {
  Waiting waiting{std::move(record), std::move(done)};
  if (const Status taken = take(waiting); !taken) waiting.done(tl::unexpected(taken.error()));
}

Status Writer::take(Waiting& waiting) {
  if (auto ok = check(waiting.record); !ok) return ok;
  const std::lock_guard lock(mutex_);
  if (stopping_) return tl::unexpected(closed());
  if (queue_.size() >= kMaxQueued)
    return fail(ErrorCode::kUnavailable, "the audit log cannot keep up");
  queue_.push_back(std::move(waiting));
  wake_.notify_one();
  return {};
}

void Writer::stop() {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    stopping_ = true;
    wake_.notify_one();
  }
  thread_.join();
  for (Waiting& waiting : queue_) waiting.done(tl::unexpected(closed()));
  queue_.clear();
}

std::uint64_t Writer::size() const {
  const std::lock_guard lock(mutex_);
  return start_.records;
}

Status Writer::health() const {
  const std::lock_guard lock(mutex_);
  return health_;
}

std::vector<SegmentInfo> Writer::segments() const {
  const std::lock_guard lock(mutex_);
  return start_.segments;
}

void Writer::forget_segments_before(std::uint64_t position) {
  const std::lock_guard lock(mutex_);
  auto& segments = start_.segments;
  while (segments.size() > 1 && segments[1].first <= position) segments.erase(segments.begin());
}

std::vector<Writer::Waiting> Writer::take_group(std::unique_lock<std::mutex>& lock) {
  wake_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
  if (stopping_) return {};
  const auto size = static_cast<std::ptrdiff_t>(std::min(queue_.size(), kMaxGroup));
  std::vector<Waiting> group(std::move_iterator(queue_.begin()),
                             std::move_iterator(queue_.begin() + size));
  queue_.erase(queue_.begin(), queue_.begin() + size);
  return group;
}

void Writer::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    const std::vector<Waiting> group = take_group(lock);
    if (group.empty()) return;
    const std::uint64_t first = start_.records + 1;
    lock.unlock();
    const Status written = write(group);
    for (std::size_t i = 0; i < group.size(); ++i) {
      if (written)
        group[i].done(first + i);
      else
        group[i].done(tl::unexpected(unavailable(written.error())));
    }
    lock.lock();
  }
}

Status Writer::write(const std::vector<Waiting>& group) {
  Status written = roll_if_new_day();
  Group sealed;
  if (written) {
    sealed = seal(group);
    written = start_.current->append(sealed.frames);
  }
  if (written) {
    start_.on_durable(sealed.entries);
    remember_intents(group);
  }
  const std::lock_guard lock(mutex_);
  if (written) start_.records += group.size();
  health_ = written ? Status{} : tl::unexpected(unavailable(written.error()));
  return written;
}

Status Writer::roll_if_new_day() {
  std::string day = day_text(start_.now_ms());
  // A clock that went back stays in the newest file: positions rise with the names.
  if (start_.current && day <= start_.current->head().name) return {};
  SegmentHead head{std::move(day), start_.records + 1, {}, {}};
  crypto::fill_random(head.seed);
  forget_expired_intents();
  const auto carried = std::min(start_.open_intents.size(), kMaxCarried);
  head.open_intents.assign(std::prev(start_.open_intents.end(), static_cast<long>(carried)),
                           start_.open_intents.end());
  auto segment = SegmentWriter::create(start_.directory, head, keys_.seal.reveal());
  if (!segment) return tl::unexpected(segment.error());
  start_.current = std::move(*segment);
  const std::lock_guard lock(mutex_);
  start_.segments.push_back({head.name, head.first});
  return {};
}

// Nobody can write the outcome of an intent that is gone.
void Writer::forget_expired_intents() {
  const std::lock_guard lock(mutex_);
  if (start_.segments.empty()) return;
  auto& open = start_.open_intents;
  open.erase(open.begin(), open.lower_bound(start_.segments.front().first));
}

Writer::Group Writer::seal(const std::vector<Waiting>& group) const {
  Group sealed;
  const SegmentHead& head = start_.current->head();
  std::uint64_t position = start_.records;
  for (const Waiting& waiting : group) {
    const Bytes payload = encode(waiting.record);
    ++position;
    seal_frame(keys_.seal.reveal(), head.name, position, payload, sealed.frames);
    sealed.entries.push_back(leaf_entry(keys_.salt.reveal(), head, position, payload));
  }
  return sealed;
}

void Writer::remember_intents(const std::vector<Waiting>& group) {
  std::uint64_t position = start_.records;
  for (const Waiting& waiting : group) {
    ++position;
    if (waiting.record.intent != 0) start_.open_intents.erase(waiting.record.intent);
    if (is_intent(waiting.record)) start_.open_intents.insert(position);
  }
}

}  // namespace kerros::audit
