// One thread that writes one environment: everything queued goes into one transaction, so that
// many waiting callers share one wait for the disk.
//
// An operation checks its precondition, then writes; its Status is its verdict. A verdict counts
// only once the group is durable: if the commit fails, every operation of the group gets the
// commit's error. A group that found the map or disk full is tried again one by one, so that a
// large neighbour does not take the small ones down.
//
// Thread safety: submit and queued from any thread; operations, hooks and completions run on the
// committer's thread. Completions must not block.
// Lifetime: the environment and what operations refer to must outlive the committer, whose end
// answers what is still queued with kUnavailable.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "keystore/key_store.h"
#include "keystore/txn.h"

namespace kerros::keystore {

class Committer {
 public:
  using Apply = std::function<Status(WriteTxn&)>;
  struct Hooks {
    std::function<void()> begin;                     // before each transaction
    std::function<Status(WriteTxn&)> before_commit;  // when the group changed anything
    std::function<void()> committed;                 // after it is durable
  };

  Committer(const Env& env, Hooks hooks);
  ~Committer();
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;

  void submit(Apply apply, Done done);
  Status submit_and_wait(Apply apply);  // never from a completion
  std::size_t queued() const;

 private:
  struct Operation {
    Apply apply;
    Done done;
  };
  void run();
  // Runs a prefix of `group` as one transaction and answers it; returns how many that were.
  std::size_t run_group(std::span<Operation> group);
  Status apply_and_commit(std::span<Operation> group, std::vector<Status>& verdicts);

  const Env& env_;
  const Hooks hooks_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Operation> queue_;
  std::size_t running_ = 0;
  bool stopping_ = false;
  std::thread thread_;  // last: starts when everything else is there
};

}  // namespace kerros::keystore
