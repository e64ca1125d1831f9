// Keeps the log in order behind the writer: indexes for days that are over, and an end for records
// that have reached the time of retention.
//
// A day's segment goes when every record in it is that old, so a record stays its months and at
// most the rest of a day. Before it goes, what cases hold is put aside; an intent is in the log and
// a checkpoint says from which record on the segments are kept. Then segment, index and, in the
// store, names and users of that age go. The tree stays and verifies.
//
// A clock that jumped must not end records: when more than a month lies between today and the last
// day before it on which anything was written, nothing goes before tomorrow.
//
// Thread safety: any thread. Lifetime: what Start refers to outlives the keeper.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <thread>

#include "gateway/audit/case_file.h"
#include "gateway/audit/clerk.h"
#include "gateway/audit/writer.h"

namespace kerros::audit {

class Keeper {
 public:
  struct Start {
    const std::string& directory;
    const Keys& keys;
    Writer& writer;
    Clerk& clerk;
    std::function<std::uint64_t()> now_ms;
    unsigned months;                                        // 0: for ever
    std::function<Status(std::uint64_t before_ms)> forget;  // may be empty
    std::function<Result<std::uint64_t>(Record)> append;    // and waits
  };
  explicit Keeper(Start start);
  ~Keeper();  // stop()
  void stop();

  // Now, and then once an hour by itself, the first time after a minute: commands are over by then.
  Status work();
  Status last() const;  // how that went

  // Held shared by who reads segments, so that none goes under his hands.
  std::shared_mutex& shelf() { return shelf_; }
  // Held by who changes a case.
  std::mutex& cases() { return cases_; }

 private:
  void run();
  Status index_closed();
  Status expire();
  Status forget(const std::string& before_day);
  bool clock_jumped(const std::vector<SegmentInfo>& segments, const std::string& today);
  Status fill_cases(const std::vector<SegmentInfo>& segments, std::uint64_t kept);
  Status remove(const std::vector<SegmentInfo>& gone, std::uint64_t kept);
  Record record_of(Event event, std::string target, std::string status) const;

  Start start_;
  std::shared_mutex shelf_;
  std::mutex cases_;
  std::mutex working_;
  std::string forgotten_, told_jump_;  // days

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  Status last_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;  // last: everything else is there when it begins
};

}  // namespace kerros::audit
