#include "keystore/committer.h"

#include <atomic>
#include <thread>

#include "store_fixture.h"

namespace kerros::keystore {
namespace {

class GroupCommit : public StoreFixture {
 protected:
  GroupCommit() { open(); }
};

TEST_F(GroupCommit, KeepsEveryAcknowledgedRecordOfManyThreads) {
  constexpr int kThreads = 32;
  constexpr int kEach = 25;
  std::vector<std::vector<ItemRecord>> records(kThreads);
  for (auto& mine : records)
    for (int i = 0; i < kEach; ++i) mine.push_back(new_record());
  const std::uint64_t before = store_->head().sequence;
  std::atomic<int> acknowledged{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t)
    threads.emplace_back([&, t] {
      for (const ItemRecord& record : records[static_cast<std::size_t>(t)])
        if (put(record) && bind(record.sealed.key, binding("01" + std::to_string(t))))
          ++acknowledged;
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(acknowledged, kThreads * kEach);
  // Far fewer transactions than operations: they shared their waits.
  EXPECT_LT(store_->head().sequence - before, std::uint64_t{kThreads * kEach * 2});
  reopen();
  EXPECT_EQ(store_->item_count(), std::uint64_t{kThreads * kEach});
  for (const auto& mine : records) {
    EXPECT_EQ(store_->find(mine.back().sealed.key)->state, ItemState::kBound);
    EXPECT_EQ(store_->find(mine.front().sealed.key)->state, ItemState::kSuperseded);
  }
}

TEST_F(GroupCommit, GivesEachOperationItsOwnVerdict) {
  const ItemRecord record = new_record();
  const ItemRecord other = new_record();
  std::promise<void> started, go;
  std::vector<std::promise<Status>> answers(4);
  const auto answer = [&](std::size_t i) {
    return [&answers, i](Status status) { answers[i].set_value(std::move(status)); };
  };
  // The first completion holds the committer, so that the rest becomes one group.
  store_->put_pending(new_record(), [&](Status) {
    started.set_value();
    go.get_future().wait();
  });
  started.get_future().wait();
  const std::uint64_t before = store_->head().sequence;
  store_->put_pending(record, answer(0));
  store_->put_pending(record, answer(1));
  store_->bind(Id{}, binding("01A"), ItemState::kBound, true, kNow, answer(2));
  store_->put_pending(other, answer(3));
  go.set_value();
  EXPECT_THAT(answers[0].get_future().get(), Succeeds());
  EXPECT_THAT(answers[1].get_future().get(), FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(answers[2].get_future().get(), FailsWith(ErrorCode::kNotFound));
  EXPECT_THAT(answers[3].get_future().get(), Succeeds());
  EXPECT_EQ(store_->head().sequence, before + 1);
}

// Whether the last one still makes it is a race; that it is answered, and truly, is not.
TEST_F(GroupCommit, AnswersWhatIsStillQueuedWhenTheStoreCloses) {
  std::promise<void> started, go;
  store_->put_pending(new_record(), [&](Status) {
    started.set_value();
    go.get_future().wait();
  });
  started.get_future().wait();
  const ItemRecord late = new_record();
  std::promise<Status> answer;
  store_->put_pending(late, [&](Status status) { answer.set_value(std::move(status)); });
  EXPECT_EQ(store_->queued(), 2u);
  std::thread closing([&] { close(); });
  go.set_value();
  closing.join();
  const Status status = answer.get_future().get();
  open();
  EXPECT_EQ(store_->find(late.sealed.key).has_value(), status.has_value());
  if (!status) {
    EXPECT_EQ(status.error().code, ErrorCode::kUnavailable);
  }
}

}  // namespace
}  // namespace kerros::keystore
