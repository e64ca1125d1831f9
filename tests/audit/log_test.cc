#include "gateway/audit/log.h"

#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "tests/audit/audit_fixture.h"

namespace kerros::audit {
namespace {

namespace fs = std::filesystem;
using testing::append_uploads;
using testing::kDay;
using testing::kNoon;
using testing::kOrigin;
using testing::open_log;
using testing::test_keys;
using testing::TestDirectory;
using testing::try_open;
using testing::upload_done;
using testing::upload_intent;
using testing::World;

class LogTest : public ::testing::Test {
 protected:
  std::unique_ptr<Log> open() { return open_log(directory_.path(), world_); }
  Result<Verification> verified() {
    const Keys keys = test_keys();
    return verify(directory_.path(), kOrigin, &keys);
  }

  TestDirectory directory_;
  World world_;
};

TEST_F(LogTest, GivesBackWhatWasAppended) {
  auto log = open();
  EXPECT_EQ(log->append_and_wait(upload_intent()).value(), 1U);
  EXPECT_EQ(log->append_and_wait(upload_done(1)).value(), 2U);
  const auto records = log->read(1, 10);
  ASSERT_TRUE(records);
  EXPECT_EQ(*records, (std::vector<Record>{upload_intent(), upload_done(1)}));
  EXPECT_EQ(log->read(2, 1)->front(), upload_done(1));
  EXPECT_TRUE(log->read(3, 1)->empty());
  EXPECT_EQ(log->read(0, 1).error().code, ErrorCode::kMalformed);
}

TEST_F(LogTest, GoesOnAfterClosing) {
  {
    append_uploads(*open(), 3);
  }
  {
    append_uploads(*open(), 2);
  }
  auto log = open();
  EXPECT_EQ(log->size(), 10U);
  EXPECT_EQ(log->read(1, 100)->size(), 10U);
  EXPECT_EQ(log->read(9, 1)->front(), upload_intent());
}

TEST_F(LogTest, BeginsASegmentEveryDayAndReadsAcrossThem) {
  auto log = open();
  for (int day = 0; day < 3; ++day, world_.now_ms += kDay) append_uploads(*log, 2);
  EXPECT_TRUE(fs::exists(directory_.path() + "/segments/2026-11-23.seg"));
  EXPECT_EQ(log->read(3, 8)->size(), 8U);
  log.reset();
  EXPECT_EQ(verified()->records, 12U);
}

TEST_F(LogTest, StaysInItsSegmentWhenTheClockGoesBack) {
  auto log = open();
  append_uploads(*log, 1);
  world_.now_ms -= 2 * kDay;
  append_uploads(*log, 1);
  log.reset();
  EXPECT_EQ(std::distance(fs::directory_iterator(directory_.path() + "/segments"), {}), 1);
  EXPECT_TRUE(verified());
}

TEST_F(LogTest, RefusesARecordThatLacksAField) {
  auto log = open();
  Record record = upload_intent();
  record.actor.clear();
  EXPECT_EQ(log->append_and_wait(record).error().code, ErrorCode::kMalformed);
  EXPECT_EQ(log->size(), 0U);
  EXPECT_TRUE(log->health());
}

// A log that was lost is followed by one of another name: no smaller tree is signed under the old.
TEST_F(LogTest, BeginsAgainUnderAnOriginOfItsOwn) {
  const auto begin_again = [this] {
    LogParams params{directory_.path(), kOrigin, {}, [this] { return world_.now_ms.load(); }};
    params.begins_again = true;
    return Log::open(std::move(params), test_keys());
  };
  {
    open();
  }  // somebody looked: it is there now, and empty
  {
    auto log = begin_again();
    ASSERT_TRUE(log);
    append_uploads(**log, 2);
  }
  const auto anew = verified();
  ASSERT_TRUE(anew) << anew.error().detail;
  EXPECT_TRUE(
      anew->verifier.starts_with(std::string(kOrigin) + "/since-2026-11-21T12:00:00.000Z+"));
  world_.now_ms += kDay;
  {
    auto log = begin_again();  // without effect on a log that is there
    ASSERT_TRUE(log);
    EXPECT_EQ((*log)->size(), 4U);
  }
  EXPECT_EQ(verified()->verifier, anew->verifier);
}

TEST_F(LogTest, BelongsToOneAtATime) {
  auto log = open();
  EXPECT_EQ(try_open(directory_.path(), world_).error().code, ErrorCode::kConflict);
  log.reset();
  EXPECT_TRUE(try_open(directory_.path(), world_));
}

TEST_F(LogTest, RefusesOtherKeysAndAnotherOrigin) {
  {
    append_uploads(*open(), 1);
  }
  LogParams params{directory_.path(), "kerros.other/log", {}, [] { return kNoon; }, {}};
  EXPECT_EQ(Log::open(params, test_keys()).error().code, ErrorCode::kNotAuthentic);
  params.origin = kOrigin;
  Keys keys = test_keys();
  std::swap(keys.sign, keys.seal);
  EXPECT_EQ(Log::open(params, std::move(keys)).error().code, ErrorCode::kNotAuthentic);
  params.origin = "two words";
  EXPECT_EQ(Log::open(params, test_keys()).error().code, ErrorCode::kMalformed);
}

TEST_F(LogTest, TakesAppendsOfManyThreadsInOneOrder) {
  auto log = open();
  std::vector<std::thread> threads;
  std::mutex mutex;
  std::set<std::uint64_t> positions;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) {
        const auto position = log->append_and_wait(upload_intent());
        const std::lock_guard lock(mutex);
        positions.insert(position.value());
      }
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(positions.size(), 400U);
  EXPECT_EQ(*positions.rbegin(), 400U);
  ASSERT_TRUE(log->checkpoint());
  const auto verification = verified();  // while it is open
  ASSERT_TRUE(verification) << verification.error().detail;
  EXPECT_EQ(verification->records, 400U);
}

TEST_F(LogTest, CompletesEverythingBeforeItIsGone) {
  std::atomic<int> completed = 0;
  {
    auto log = open();
    for (int i = 0; i < 5000; ++i)
      log->append(upload_intent(), [&](Result<std::uint64_t> position) {
        if (!position) EXPECT_EQ(position.error().code, ErrorCode::kUnavailable);
        ++completed;
      });
  }
  EXPECT_EQ(completed, 5000);
  EXPECT_TRUE(verified());
}

TEST_F(LogTest, SignsTheStoreItWasMadeBeside) {
  auto log = open();
  append_uploads(*log, 1);
  ASSERT_TRUE(log->checkpoint());
  ASSERT_TRUE(log->last_store_mark());
  EXPECT_EQ(log->last_store_mark()->sequence, 7U);
  world_.store_sequence = 9;
  ASSERT_TRUE(log->checkpoint());
  EXPECT_EQ(log->last_store_mark()->sequence, 9U);
}

TEST_F(LogTest, KeepsShowingThatTheStoreIsAnOldOneUntilItIsAccepted) {
  world_.store_sequence = 9;
  {
    append_uploads(*open(), 1);
  }
  world_.store_sequence = 8;  // yesterday's file
  {
    EXPECT_EQ(open()->last_store_mark()->sequence, 9U);
  }
  auto log = open();
  append_uploads(*log, 1);
  ASSERT_TRUE(log->checkpoint());
  EXPECT_EQ(log->last_store_mark()->sequence, 9U) << "a checkpoint must not hide it";
  ASSERT_TRUE(log->accept_store());
  EXPECT_EQ(log->last_store_mark()->sequence, 8U);
  log.reset();
  EXPECT_EQ(open()->last_store_mark()->sequence, 8U);
}

TEST_F(LogTest, SignsWithinASecondOrSoWithoutBeingAsked) {
  auto log = open();
  append_uploads(*log, 1);
  for (int i = 0; i < 500 && verified()->records < 2; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(verified()->records, 2U);
}

TEST_F(LogTest, LeavesNoNameOrUserReadableOnTheDisk) {
  {
    append_uploads(*open(), 5);
  }
  for (const std::string& file : testing::files_below(directory_.path())) {
    const Bytes bytes = testing::read_file(directory_.path() + "/" + file);
    for (const std::string_view word : {"ada@", "report", "192.0.2", "graph-token"})
      EXPECT_EQ(as_text(bytes).find(word), std::string_view::npos) << file;
  }
}

}  // namespace
}  // namespace kerros::audit
