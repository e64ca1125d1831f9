// Disk full, file gone: the log says so, keeps nothing half, and goes on when it can.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>

#include "gateway/audit/log.h"
#include "tests/audit/audit_fixture.h"

namespace kerros::audit {
namespace {

namespace fs = std::filesystem;
using namespace testing;

// Files cannot grow beyond `bytes` while it lives: the write that would cross it is cut short and
// the next one fails, as on a full disk.
class FullDisk {
 public:
  explicit FullDisk(std::uint64_t bytes) {
    before_handler_ = std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, before_handler_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit before_{};
  void (*before_handler_)(int) = nullptr;
};

class Unavailable : public ::testing::Test {
 protected:
  std::string segment() { return directory_.path() + "/segments/2026-11-21.seg"; }
  void expect_sound(std::uint64_t records) {
    const Keys keys = test_keys();
    const auto verification = verify(directory_.path(), kOrigin, &keys);
    ASSERT_TRUE(verification) << verification.error().detail;
    EXPECT_EQ(verification->records, records);
  }

  TestDirectory directory_;
  World world_;
};

TEST_F(Unavailable, FullDiskRefusesAndLeavesNothingHalf) {
  auto log = open_log(directory_.path(), world_);
  append_uploads(*log, 10);
  ASSERT_TRUE(log->checkpoint());
  const std::uint64_t length = fs::file_size(segment());
  {
    const FullDisk full(length + 100);  // room for a part of a record
    const auto position = log->append_and_wait(upload_intent());
    ASSERT_FALSE(position);
    EXPECT_EQ(position.error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(log->health().error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(fs::file_size(segment()), length);
    EXPECT_EQ(log->size(), 20U);
  }
  EXPECT_EQ(log->append_and_wait(upload_intent()).value(), 21U) << "the cause is gone";
  EXPECT_TRUE(log->health());
  EXPECT_TRUE(log->append_and_wait(upload_done(21)));
  log.reset();
  expect_sound(22);
}

TEST_F(Unavailable, FullDiskForTheTreeAloneIsToldAndMadeUpFor) {
  auto log = open_log(directory_.path(), world_);
  append_uploads(*log, 1);
  {
    const FullDisk full(16);  // not even a checkpoint
    EXPECT_EQ(log->checkpoint().error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(log->health().error().code, ErrorCode::kUnavailable);
  }
  EXPECT_TRUE(log->checkpoint());
  EXPECT_TRUE(log->health());
  expect_sound(2);
}

TEST_F(Unavailable, FullDiskAtTheFirstRecordOfADay) {
  auto log = open_log(directory_.path(), world_);
  append_uploads(*log, 1);
  world_.now_ms += kDay;
  {
    const FullDisk full(16);
    EXPECT_EQ(log->append_and_wait(upload_intent()).error().code, ErrorCode::kUnavailable);
  }
  append_uploads(*log, 1);
  log.reset();
  expect_sound(4);
}

TEST_F(Unavailable, RemovedSegmentIsToldAtOnceAndGoodAgainWhenItIsBack) {
  auto log = open_log(directory_.path(), world_);
  append_uploads(*log, 2);
  fs::rename(segment(), directory_.path() + "/away");
  const auto position = log->append_and_wait(upload_intent());
  ASSERT_FALSE(position);
  EXPECT_EQ(position.error().code, ErrorCode::kUnavailable);
  EXPECT_NE(position.error().detail.find("removed"), std::string::npos);
  fs::rename(directory_.path() + "/away", segment());
  append_uploads(*log, 1);
  EXPECT_TRUE(log->health());
  log.reset();
  expect_sound(6);
}

TEST_F(Unavailable, RemovedFolderIsNotAReasonToHang) {
  auto log = open_log(directory_.path(), world_);
  append_uploads(*log, 1);
  fs::remove_all(directory_.path());
  EXPECT_EQ(log->append_and_wait(upload_intent()).error().code, ErrorCode::kUnavailable);
  log->append(upload_intent(), [](Result<std::uint64_t> position) { EXPECT_FALSE(position); });
  log.reset();
}

TEST_F(Unavailable, FolderThatCannotBeMade) {
  write_file(directory_.path() + "/file", {});
  const auto log = try_open(directory_.path() + "/file/log", world_);
  ASSERT_FALSE(log);
  EXPECT_EQ(log.error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace kerros::audit
