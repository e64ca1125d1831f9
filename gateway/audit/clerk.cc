#include "gateway/audit/clerk.h"

#include <algorithm>
#include <chrono>
#include <filesystem>

namespace kerros::audit {
namespace {

constexpr std::chrono::seconds kInterval{1};

}  // namespace

Clerk::Clerk(Start start)
    : start_(std::move(start)),
      signed_size_(start_.tree.size()),
      last_mark_(start_.checkpoints.newest()->store),
      kept_(start_.checkpoints.newest()->kept),
      thread_([this] { run(); }) {}

Clerk::~Clerk() { stop(); }

void Clerk::add(std::span<const Digest> entries) {
  const std::lock_guard lock(mutex_);
  waiting_.insert(waiting_.end(), entries.begin(), entries.end());
  wake_.notify_one();
}

Status Clerk::checkpoint() { return ask(Round::kAsked); }
Status Clerk::accept_store() { return ask(Round::kAccept); }

Status Clerk::keep_from(std::uint64_t position) {
  {
    const std::lock_guard lock(mutex_);
    kept_ = std::max(kept_, position);
  }
  return ask(Round::kAsked);
}

Status Clerk::ask(Round round) {
  std::unique_lock lock(mutex_);
  if (stopping_) return fail(ErrorCode::kUnavailable, "the audit log is closed");
  asked_ = std::max(asked_.value_or(round), round);
  const std::uint64_t number = ++asked_number_;
  wake_.notify_one();
  done_.wait(lock, [&] { return done_number_ >= number; });
  return health_;
}

std::optional<StoreMark> Clerk::last_store_mark() const {
  const std::lock_guard lock(mutex_);
  return last_mark_;
}

Status Clerk::health() const {
  const std::lock_guard lock(mutex_);
  return health_;
}

Status Clerk::copied() const {
  const std::lock_guard lock(mutex_);
  return copied_;
}

void Clerk::stop() {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    stopping_ = true;
    asked_ = std::max(asked_.value_or(Round::kAsked), Round::kAsked);
    wake_.notify_one();
  }
  thread_.join();
}

void Clerk::run() {
  auto due = std::chrono::steady_clock::now() + kInterval;
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [&] { return asked_ || !waiting_.empty() || !health_; });
    if (!asked_) wake_.wait_until(lock, due, [&] { return asked_.has_value(); });
    const bool last = stopping_;
    const Round round = asked_.value_or(Round::kTimed);
    const std::uint64_t number = asked_number_;
    asked_.reset();
    lock.unlock();
    Status worked = work(round);
    lock.lock();
    health_ = std::move(worked);
    done_number_ = number;
    done_.notify_all();
    if (last) return;
    due = std::chrono::steady_clock::now() + kInterval;
  }
}

Status Clerk::work(Round round) {
  const Checkpoint newest = *start_.checkpoints.newest();
  std::optional<StoreMark> mark = newest.store;
  if (start_.store_mark) mark = mark_to_sign(start_.store_mark(), round);
  std::vector<Digest> entries;
  std::uint64_t kept = 0;
  {
    const std::lock_guard lock(mutex_);
    entries.swap(waiting_);
    kept = kept_;
  }
  for (const Digest& entry : entries)
    for (Tile& tile : start_.tree.append(entry)) whole_.push_back(std::move(tile));
  // A store that moved alone is signed on request, not every second.
  const bool same = newest.size == start_.tree.size() && newest.kept == kept;
  if (same && (round == Round::kTimed || newest.store == mark)) return {};
  if (auto ok = write_tiles(); !ok) return ok;
  const Checkpoint checkpoint{
      start_.tree.size(), start_.tree.root(), start_.now_ms(), {}, mark, kept};
  const auto keep =
      round == Round::kTimed ? CheckpointFiles::Keep::kWhenDue : CheckpointFiles::Keep::kInHistory;
  if (auto ok = start_.checkpoints.put(start_.signer, checkpoint, keep); !ok) return ok;
  signed_size_ = checkpoint.size;
  const std::lock_guard lock(mutex_);
  last_mark_ = mark;
  copied_ = start_.checkpoints.copied();
  return {};
}

Status Clerk::write_tiles() {
  std::vector<Tile> tiles = whole_;
  const std::vector<Border> before = borders(signed_size_);
  for (Tile& tile : start_.tree.unfinished()) {
    const bool stands = std::any_of(before.begin(), before.end(), [&](const Border& border) {
      return border.level == tile.level && border.index == tile.index &&
             border.width == tile.hashes.size();
    });
    if (!stands) tiles.push_back(std::move(tile));
  }
  std::vector<std::string> paths;
  for (const Tile& tile : tiles) {
    auto path = write_tile(start_.directory, tile);
    if (!path) return tl::unexpected(path.error());
    paths.push_back(std::move(*path));
  }
  if (auto ok = sync_files(paths); !ok) return ok;
  // Whole now: nobody needs the unfinished forms (a reader who misses one takes the whole).
  std::error_code ignored;
  for (const Tile& tile : whole_)
    std::filesystem::remove_all(
        start_.directory + "/" + tile_path(tile.level, tile.index, kTileWidth) + ".p", ignored);
  whole_.clear();
  return {};
}

std::optional<StoreMark> Clerk::mark_to_sign(StoreMark seen, Round round) const {
  const std::optional<StoreMark>& last = start_.checkpoints.newest()->store;
  if (round == Round::kAccept || !last) return seen;
  const bool older =
      seen.sequence < last->sequence || (seen.sequence == last->sequence && seen != *last);
  return older ? *last : seen;
}

}  // namespace kerros::audit
