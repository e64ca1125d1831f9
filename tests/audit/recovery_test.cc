// What a log that was ended by force looks like, and what it becomes.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "gateway/audit/log.h"
#include "tests/audit/audit_fixture.h"

namespace kerros::audit {
namespace {

namespace fs = std::filesystem;
using namespace testing;

class Recovery : public ::testing::Test {
 protected:
  // The directory as a process ended by SIGKILL leaves it: what was written stands, nothing was
  // closed. `before_kill` works on the open log in that process.
  template <typename Work>
  void killed(Work before_kill) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      auto log = open_log(directory_.path(), world_);
      before_kill(*log);
      ::kill(::getpid(), SIGKILL);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the child must reach its end";
  }
  std::unique_ptr<Log> open() { return open_log(directory_.path(), world_); }
  std::string segment() { return directory_.path() + "/segments/2026-11-21.seg"; }
  std::vector<std::uint64_t> abandoned(const Log& log) {
    std::vector<std::uint64_t> intents;
    const auto records = log.read(1, log.size());
    for (const Record& record : *records)
      if (record.event == Event::kAbandoned) intents.push_back(record.intent);
    return intents;
  }
  void expect_sound(std::uint64_t records) {
    const Keys keys = test_keys();
    const auto verification = verify(directory_.path(), kOrigin, &keys);
    ASSERT_TRUE(verification) << verification.error().detail;
    EXPECT_EQ(verification->records, records);
    EXPECT_EQ(verification->unsigned_records, 0U);
  }

  TestDirectory directory_;
  World world_;
};

TEST_F(Recovery, KeepsEveryAcknowledgedRecord) {
  killed([](Log& log) { append_uploads(log, 20); });
  {
    EXPECT_EQ(open()->size(), 40U);
  }
  expect_sound(40);
}

TEST_F(Recovery, KeepsThemAlsoAfterACheckpointAndPastAWholeTile) {
  killed([](Log& log) {
    append_uploads(log, 10);
    if (!log.checkpoint()) std::abort();
    append_uploads(log, 150);
  });
  {
    EXPECT_EQ(open()->size(), 320U);
  }
  expect_sound(320);
}

TEST_F(Recovery, CutsOffALastFrameThatIsNotWhole) {
  killed([](Log& log) { append_uploads(log, 3); });
  const Bytes whole = read_file(segment());
  for (const std::size_t cut : {1U, 30U, 150U}) {
    TestDirectory copy;
    copy_directory(directory_.path(), copy.path());
    write_file(copy.path() + "/segments/2026-11-21.seg", ByteView(whole).first(whole.size() - cut));
    auto log = open_log(copy.path(), world_);
    EXPECT_EQ(log->size(), 6U) << "five records, and one for the intent that lost its outcome";
    EXPECT_EQ(abandoned(*log), std::vector<std::uint64_t>{5});
  }
}

TEST_F(Recovery, CutsOffZerosThatAPowerCutLeft) {
  killed([](Log& log) { append_uploads(log, 3); });
  Bytes bytes = read_file(segment());
  bytes.resize(bytes.size() + 4096);
  write_file(segment(), bytes);
  {
    EXPECT_EQ(open()->size(), 6U);
  }
  expect_sound(6);
}

TEST_F(Recovery, RefusesToCutWhatWasSigned) {
  {
    append_uploads(*open(), 3);
  }
  fs::resize_file(segment(), fs::file_size(segment()) - 1);
  const auto log = try_open(directory_.path(), world_);
  ASSERT_FALSE(log);
  EXPECT_EQ(log.error().code, ErrorCode::kNotAuthentic);
}

TEST_F(Recovery, RefusesASegmentFromBefore) {
  {
    append_uploads(*open(), 3);
  }
  const Bytes old = read_file(segment());
  {
    append_uploads(*open(), 3);
  }
  write_file(segment(), old);
  const auto log = try_open(directory_.path(), world_);
  ASSERT_FALSE(log);
  EXPECT_EQ(log.error().code, ErrorCode::kNotAuthentic);
  EXPECT_NE(log.error().detail.find("12 were signed"), std::string::npos) << log.error().detail;
}

TEST_F(Recovery, RefusesALastRecordThatWasChangedBeforeItWasSigned) {
  killed([](Log& log) { append_uploads(log, 3); });
  flip_bit(segment(), fs::file_size(segment()) - 1);
  EXPECT_EQ(try_open(directory_.path(), world_).error().code, ErrorCode::kNotAuthentic);
}

TEST_F(Recovery, RemovesASegmentThatNeverGotItsHead) {
  {
    append_uploads(*open(), 1);
  }
  world_.now_ms += kDay;
  const Bytes head = read_file(segment());
  for (const Bytes& torn : {Bytes{}, Bytes(head.begin(), head.begin() + 30), Bytes(92, 0)}) {
    write_file(directory_.path() + "/segments/2026-11-22.seg", torn);
    EXPECT_EQ(open()->size(), 2U);
  }
  {
    append_uploads(*open(), 1);
  }
  expect_sound(4);
}

TEST_F(Recovery, SaysOnceThatAnIntentHasNoOutcome) {
  killed([](Log& log) {
    append_uploads(log, 2);
    (void)log.append_and_wait(upload_intent("drive-1/lost.docx"));
  });
  {
    auto log = open();
    EXPECT_EQ(abandoned(*log), std::vector<std::uint64_t>{5});
    const Record record = log->read(6, 1)->front();
    EXPECT_EQ(record.target, "drive-1/lost.docx");
    EXPECT_EQ(record.actor, "ada@school.example");
    EXPECT_EQ(class_of(record.event), Class::kError);
  }
  {
    EXPECT_EQ(open()->size(), 6U) << "not again";
  }
  expect_sound(6);
}

TEST_F(Recovery, SaysItAlsoWhenDaysLieBetween) {
  killed([](Log& log) { (void)log.append_and_wait(upload_intent("drive-1/old.docx")); });
  world_.live_intents = {1};  // an upload session that outlived the process
  for (int day = 0; day < 3; ++day) {
    world_.now_ms += kDay;
    auto log = open();
    append_uploads(*log, 1);
    EXPECT_TRUE(abandoned(*log).empty());
  }
  world_.live_intents.clear();
  {
    auto log = open();
    EXPECT_EQ(abandoned(*log), std::vector<std::uint64_t>{1});
    EXPECT_EQ(log->read(log->size(), 1)->front().target, "drive-1/old.docx");
  }
  {
    EXPECT_EQ(open()->size(), 8U);
  }
  expect_sound(8);
}

TEST_F(Recovery, SurvivesAnEndAtEveryMoment) {
  for (int round = 0; round < 12; ++round) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      auto log = open_log(directory_.path(), world_);
      for (;;) {
        for (int i = 0; i < 50; ++i) log->append(upload_intent(), [](Result<std::uint64_t>) {});
        (void)log->checkpoint();
      }
    }
    ::usleep(static_cast<useconds_t>(10'000 + round * 3'000));
    ::kill(child, SIGKILL);
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  }
  std::uint64_t size = 0;
  {
    size = open()->size();
  }
  EXPECT_GT(size, 0U);
  expect_sound(size);
}

}  // namespace
}  // namespace kerros::audit
