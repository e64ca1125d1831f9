#include "keystore/committer.h"

#include <chrono>
#include <future>
#include <iterator>

namespace kerros::keystore {
namespace {

// A transaction stays well below 50 ms, so that nobody's wait is long.
constexpr std::size_t kMostOperations = 1024;
constexpr std::chrono::milliseconds kLongest{30};

}  // namespace

Committer::Committer(const Env& env, Hooks hooks)
    : env_(env), hooks_(std::move(hooks)), thread_([this] { run(); }) {}

Committer::~Committer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Committer::submit(Apply apply, Done done) {
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back({std::move(apply), std::move(done)});
  }
  wake_.notify_one();
}

Status Committer::submit_and_wait(Apply apply) {
  std::promise<Status> promise;
  submit(std::move(apply), [&](Status status) { promise.set_value(std::move(status)); });
  return promise.get_future().get();
}

std::size_t Committer::queued() const {
  const std::lock_guard lock(mutex_);
  return queue_.size() + running_;
}

void Committer::run() {
  std::vector<Operation> group;
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
      if (stopping_) break;
      const auto count = static_cast<std::ptrdiff_t>(std::min(queue_.size(), kMostOperations));
      group.assign(std::make_move_iterator(queue_.begin()),
                   std::make_move_iterator(queue_.begin() + count));
      queue_.erase(queue_.begin(), queue_.begin() + count);
      running_ = group.size();
    }
    std::span<Operation> left(group);
    while (!left.empty()) left = left.subspan(run_group(left));
    group.clear();
    const std::lock_guard lock(mutex_);
    running_ = 0;
  }
  for (Operation& operation : queue_)
    operation.done(fail(ErrorCode::kUnavailable, "the store is closing"));
}

Status Committer::apply_and_commit(std::span<Operation> group, std::vector<Status>& verdicts) {
  if (hooks_.begin) hooks_.begin();
  auto txn = WriteTxn::begin(env_);
  if (!txn) return tl::unexpected(txn.error());
  const auto started = std::chrono::steady_clock::now();
  for (Operation& operation : group) {
    verdicts.push_back(operation.apply(**txn));
    if ((*txn)->failure()) return tl::unexpected(*(*txn)->failure());
    if (std::chrono::steady_clock::now() - started > kLongest) break;
  }
  if (!(*txn)->changed()) return {};
  if (hooks_.before_commit)
    if (auto ok = hooks_.before_commit(**txn); !ok) return ok;
  if (auto ok = (*txn)->commit(); !ok) return ok;
  if (hooks_.committed) hooks_.committed();
  return {};
}

std::size_t Committer::run_group(std::span<Operation> group) {
  std::vector<Status> verdicts;
  verdicts.reserve(group.size());
  const Status outcome = apply_and_commit(group, verdicts);
  if (outcome) {
    for (std::size_t i = 0; i < verdicts.size(); ++i) group[i].done(std::move(verdicts[i]));
    return verdicts.size();
  }
  if (group.size() > 1 && outcome.error().code == ErrorCode::kFull) {
    for (std::size_t i = 0; i < group.size(); ++i) run_group(group.subspan(i, 1));
    return group.size();
  }
  for (Operation& operation : group) operation.done(outcome);
  return group.size();
}

}  // namespace kerros::keystore
