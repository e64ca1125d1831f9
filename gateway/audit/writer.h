// The one thread that writes records: takes what is queued, seals it, one write and one fdatasync,
// then the completions.
//
// Thread safety: append() from any thread. Completions run on the writer's thread and must not
// wait for the log; a record that cannot even be queued (not one that check() lets by, queue full,
// closed) completes on the caller's thread before append() returns.
// Lifetime: `keys` outlives the writer.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "gateway/audit/keys.h"
#include "gateway/audit/segment.h"

namespace kerros::audit {

class Writer {
 public:
  struct Start {
    std::string directory;
    std::vector<SegmentInfo> segments;
    std::optional<SegmentWriter> current;
    std::uint64_t records = 0;
    std::set<std::uint64_t> open_intents;
    std::function<std::uint64_t()> now_ms;
    std::function<void(const std::vector<Digest>&)> on_durable;  // before the completions
  };
  Writer(Start start, const Keys& keys);
  ~Writer();  // stop()

  void append(Record record, Appended done);
  void stop();  // what is still queued completes with kUnavailable

  std::uint64_t size() const;
  Status health() const;  // of the last group
  std::vector<SegmentInfo> segments() const;
  void forget_segments_before(std::uint64_t position);  // never the newest

 private:
  struct Waiting {
    Record record;
    Appended done;
  };
  struct Group {
    Bytes frames;
    std::vector<Digest> entries;
  };
  Status take(Waiting& waiting);  // into the queue; untouched when it fails
  void run();
  std::vector<Waiting> take_group(std::unique_lock<std::mutex>& lock);
  Status write(const std::vector<Waiting>& group);
  Status roll_if_new_day();
  void forget_expired_intents();
  Group seal(const std::vector<Waiting>& group) const;
  void remember_intents(const std::vector<Waiting>& group);

  Start start_;  // `records` and `segments` under the mutex
  const Keys& keys_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Waiting> queue_;
  Status health_;
  bool stopping_ = false;
  std::thread thread_;  // last: everything else is there when it begins
};

}  // namespace kerros::audit
