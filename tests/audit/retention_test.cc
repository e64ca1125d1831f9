// Records stay their time and then are gone, bytes and index; what a case holds stays; the tree
// verifies all the while.
#include <gtest/gtest.h>

#include "gateway/audit/log.h"
#include "gateway/audit/time_text.h"
#include "tests/audit/audit_fixture.h"

namespace kerros::audit {
namespace {

namespace fs = std::filesystem;
using namespace testing;

std::uint64_t at(const char* time) { return parse_time(time).value(); }

class Retention : public ::testing::Test {
 protected:
  Retention() { world_.now_ms = at("2024-11-21T23:30:00Z"); }
  void open() {
    log_.reset();
    log_ = open_log(directory_.path(), world_);
  }
  // The gateway runs every day: each has a record of its own.
  void live_until(const char* time) {
    for (world_.now_ms += kDay; world_.now_ms < at(time); world_.now_ms += 20 * kDay) note("x");
    world_.now_ms = at(time);
    note("y");
  }
  void note(const std::string& item) {
    Record record = upload_intent("drive d item " + item);
    record.event = Event::kOlderPublished;
    record.status = "passed";
    record.time_ms = world_.now_ms;
    ASSERT_TRUE(log_->append_and_wait(record));
  }
  std::size_t found(const std::string& item) {
    Filter filter;
    filter.item = item;
    return log_->query(filter, 1, 100)->records.size();
  }
  Verification sound() {
    EXPECT_TRUE(log_->checkpoint());
    const Keys keys = test_keys();
    EXPECT_TRUE(verify(directory_.path(), kOrigin, nullptr));
    const auto result = verify(directory_.path(), kOrigin, &keys);
    EXPECT_TRUE(result) << result.error().detail;
    return result.value_or(Verification{});
  }
  bool stands(const char* name) { return fs::exists(directory_.path() + "/" + name); }

  TestDirectory directory_;
  World world_;
  std::unique_ptr<Log> log_;
};

TEST_F(Retention, EndsAtTwentyFourMonths) {
  open();
  note("first");
  live_until("2026-11-20T23:30:00Z");  // 24 months less a day
  ASSERT_TRUE(log_->keep());
  EXPECT_EQ(found("first"), 1U);
  EXPECT_TRUE(stands("segments/2024-11-21.seg"));
  EXPECT_TRUE(stands("index/2024-11-21.idx"));
  EXPECT_EQ(sound().expired, 0U);

  world_.now_ms = at("2026-11-22T00:00:01Z");  // the day on which it became 24 months is over
  note("y");
  ASSERT_TRUE(log_->keep());
  EXPECT_EQ(found("first"), 0U);
  EXPECT_FALSE(stands("segments/2024-11-21.seg"));
  EXPECT_FALSE(stands("index/2024-11-21.idx"));
  EXPECT_EQ(sound().expired, 1U);
  const auto last = log_->read(log_->size(), 1)->front();
  EXPECT_EQ(last.event, Event::kLogExpired);
  EXPECT_EQ(last.status, "done");
  EXPECT_EQ(last.target, "records 1 to 1");

  open();
  EXPECT_EQ(found("first"), 0U);
  EXPECT_EQ(sound().expired, 1U);
}

TEST_F(Retention, HoldsWhatACaseNeedsUntilItIsReleased) {
  open();
  note("asked");
  note("other");
  ASSERT_EQ(log_->hold("case-7", parse_filter({{"item", "asked"}}).value(), 1).value(), 0U);
  EXPECT_EQ(log_->hold("case-7", {}, 1).error().code, ErrorCode::kConflict);
  world_.now_ms += kDay;
  note("asked");  // after the case was opened
  live_until("2026-12-31T12:00:00Z");
  ASSERT_TRUE(log_->keep());
  EXPECT_EQ(found("asked"), 0U);
  const auto held = log_->read_case("case-7", 1, 10);
  ASSERT_TRUE(held) << held.error().detail;
  ASSERT_EQ(held->records.size(), 2U);
  EXPECT_EQ(held->records[0].position, 1U);
  EXPECT_EQ(held->records[1].position, 3U);
  EXPECT_EQ(sound().held, 2U) << "and they prove themselves against the tree";
  EXPECT_EQ(log_->cases()->front().records, 2U);

  open();
  EXPECT_EQ(log_->read_case("case-7", 2, 10)->records.size(), 1U);
  ASSERT_TRUE(log_->release("case-7"));
  EXPECT_FALSE(stands("cases/case-7.case"));
  EXPECT_EQ(log_->read_case("case-7", 1, 10).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(log_->release("case-7").error().code, ErrorCode::kNotFound);
}

TEST_F(Retention, FindsAHeldRecordThatWasExchanged) {
  open();
  note("asked");
  ASSERT_TRUE(log_->hold("c", {}, 1));
  const std::string path = directory_.path() + "/cases/c.case";
  flip_bit(path, fs::file_size(path) - 2);
  const Keys keys = test_keys();
  ASSERT_TRUE(log_->checkpoint());
  EXPECT_EQ(verify(directory_.path(), kOrigin, &keys).error().code, ErrorCode::kNotAuthentic);
}

TEST_F(Retention, DoesNotTrustAClockThatJumped) {
  open();
  note("first");
  world_.now_ms = at("2031-01-01T12:00:00Z");
  note("y");
  ASSERT_TRUE(log_->keep());
  EXPECT_EQ(found("first"), 1U);
  EXPECT_EQ(log_->read(log_->size(), 1)->front().event, Event::kClockJumped);
  const auto told = log_->size();
  ASSERT_TRUE(log_->keep());
  EXPECT_EQ(log_->size(), told) << "once a day is enough";
  world_.now_ms += kDay;
  note("y");
  ASSERT_TRUE(log_->keep());
  EXPECT_EQ(found("first"), 0U);
}

TEST_F(Retention, GoesOnAfterItWasInterrupted) {
  open();
  note("first");
  note("second");
  live_until("2026-12-31T12:00:00Z");
  copy_directory(directory_.path() + "/segments", directory_.path() + "/segments.before");
  ASSERT_TRUE(log_->keep());
  log_.reset();
  // As if the machine had stopped before the last of the files went.
  fs::copy_file(directory_.path() + "/segments.before/2024-12-12.seg",
                directory_.path() + "/segments/2024-12-12.seg");
  fs::remove_all(directory_.path() + "/segments.before");
  open();
  EXPECT_EQ(sound().expired, 3U) << "what still stands is looked at";
  ASSERT_TRUE(log_->keep());
  EXPECT_EQ(sound().expired, 4U);
}

TEST_F(Retention, FindsARecordRemovedBeforeItsTime) {
  open();
  note("first");
  world_.now_ms += kDay;
  note("y");
  log_.reset();
  fs::remove(directory_.path() + "/segments/2024-11-21.seg");
  EXPECT_EQ(verify(directory_.path(), kOrigin, nullptr).error().code, ErrorCode::kNotAuthentic);
}

TEST_F(Retention, AsksTheStoreToForgetThePeopleOfThatAge) {
  std::vector<std::uint64_t> asked;
  LogParams params{directory_.path(), kOrigin, {}, [this] { return world_.now_ms.load(); }};
  params.retention_months = 12;
  params.forget = [&](std::uint64_t before) -> Status {
    asked.push_back(before);
    return {};
  };
  log_ = std::move(*Log::open(std::move(params), test_keys()));
  note("first");
  ASSERT_TRUE(log_->keep());
  ASSERT_TRUE(log_->keep());
  EXPECT_EQ(asked, (std::vector<std::uint64_t>{at("2023-11-21")}));
}

TEST(RetentionDay, IsTheSameDayOfAnEarlierMonth) {
  EXPECT_EQ(months_before(at("2026-11-21T23:59:59Z"), 24), "2024-11-21");
  EXPECT_EQ(months_before(at("2026-08-31"), 6), "2026-02-28");
  EXPECT_EQ(months_before(at("2024-02-29"), 12), "2023-02-28");
  EXPECT_EQ(months_before(at("1970-05-01"), 24), "");
}

}  // namespace
}  // namespace kerros::audit
