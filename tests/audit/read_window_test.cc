#include "gateway/audit/read_window.h"

#include <gtest/gtest.h>

namespace kerros::audit {
namespace {

constexpr std::uint64_t kStart = 1'000'000;
constexpr std::uint64_t kFiveMinutes = 300'000;
const ReadKey kAda{"ada", {1}};

// A reader that is let in, its intent durable at `position` if it had to be written.
WindowId enter(ReadWindows& windows, const ReadKey& key, std::uint64_t now,
               std::uint64_t position) {
  const auto admitted = windows.begin(key, now);
  EXPECT_TRUE(admitted);
  if (admitted->admission == Admission::kWriteIntent)
    windows.intent_durable(admitted->window, position);
  return admitted->window;
}

TEST(ReadWindow, AsksForOneIntentInFiveMinutes) {
  ReadWindows windows;
  windows.end(enter(windows, kAda, kStart, 10));
  const auto again = windows.begin(kAda, kStart + kFiveMinutes - 1);
  EXPECT_EQ(again->admission, Admission::kCovered);
  EXPECT_EQ(again->intent, 10U);
  EXPECT_EQ(windows.begin(kAda, kStart + kFiveMinutes)->admission, Admission::kWriteIntent);
}

TEST(ReadWindow, IsOfOneCallerAndOneKey) {
  ReadWindows windows;
  enter(windows, kAda, kStart, 10);
  EXPECT_EQ(windows.begin({"bob", {1}}, kStart)->admission, Admission::kWriteIntent);
  EXPECT_EQ(windows.begin({"ada", {2}}, kStart)->admission, Admission::kWriteIntent);
}

TEST(ReadWindow, LetsNobodyReadBeforeTheIntentIsDurable) {
  ReadWindows windows;
  const auto first = windows.begin(kAda, kStart);
  ASSERT_EQ(first->admission, Admission::kWriteIntent);
  const auto second = windows.begin(kAda, kStart);
  EXPECT_EQ(second->admission, Admission::kWait);
  EXPECT_EQ(second->window, first->window);
  windows.intent_durable(first->window, 3);
  EXPECT_EQ(windows.begin(kAda, kStart)->admission, Admission::kCovered);
}

TEST(ReadWindow, IsForgottenWhenItsIntentFailed) {
  ReadWindows windows;
  windows.intent_failed(windows.begin(kAda, kStart)->window);
  EXPECT_EQ(windows.open(), 0U);
  EXPECT_EQ(windows.begin(kAda, kStart)->admission, Admission::kWriteIntent);
  EXPECT_TRUE(windows.take_due(kStart + kFiveMinutes).empty());
}

TEST(ReadWindow, ClosesOnceWithWhatWasRead) {
  ReadWindows windows;
  WindowId window = enter(windows, kAda, kStart, 10);
  windows.released(window, 0, 1000);
  windows.released(window, 1000, 24);
  windows.end(window);
  window = enter(windows, kAda, kStart + 5, 0);
  windows.released(window, 4096, 4096);
  windows.released(window, 4096, 4096);
  windows.end(window);
  EXPECT_TRUE(windows.take_due(kStart + kFiveMinutes - 1).empty());
  const auto closed = windows.take_due(kStart + kFiveMinutes);
  ASSERT_EQ(closed.size(), 1U);
  EXPECT_EQ(closed[0].intent, 10U);
  const std::vector<std::pair<std::string, std::string>> expected{
      {"bytes", "9216"}, {"reads", "2"}, {"ranges", "0-1023,4096-8191"}};
  EXPECT_EQ(details_of(closed[0]), expected);
  EXPECT_TRUE(windows.take_due(kStart + 2 * kFiveMinutes).empty());
}

TEST(ReadWindow, StaysOpenWhileSomebodyReads) {
  ReadWindows windows;
  const WindowId slow = enter(windows, kAda, kStart, 10);
  EXPECT_TRUE(windows.take_due(kStart + 10 * kFiveMinutes).empty());
  const WindowId later = enter(windows, kAda, kStart + 10 * kFiveMinutes, 20);
  EXPECT_NE(slow, later);
  windows.released(slow, 0, 7);
  windows.end(slow);
  const auto closed = windows.take_due(kStart + 10 * kFiveMinutes);
  ASSERT_EQ(closed.size(), 1U);
  EXPECT_EQ(closed[0].intent, 10U);
  EXPECT_EQ(closed[0].bytes, 7U);
  EXPECT_EQ(windows.begin(kAda, kStart + 10 * kFiveMinutes + 1)->window, later);
}

TEST(ReadWindow, ListsAtMostSoManyRangesAndCountsOn) {
  ReadWindows windows({.ranges = 3});
  const WindowId window = enter(windows, kAda, kStart, 10);
  for (std::uint64_t i = 0; i < 5; ++i) windows.released(window, i * 100, 10);
  windows.released(window, 10, 90);  // joins the first two
  const auto closed = windows.take_all();
  ASSERT_EQ(closed.size(), 1U);
  EXPECT_FALSE(closed[0].all_listed);
  EXPECT_EQ(closed[0].bytes, 140U);
  EXPECT_EQ(details_of(closed[0])[2].second, "0-109,200-209,...");
}

TEST(ReadWindow, MergesRangesThatTouchOrOverlap) {
  ReadWindows windows;
  const WindowId window = enter(windows, kAda, kStart, 10);
  for (const auto& [offset, length] :
       {std::pair{50U, 10U}, {0U, 10U}, {10U, 5U}, {20U, 5U}, {12U, 40U}, {70U, 1U}, {71U, 0U}})
    windows.released(window, offset, length);
  const auto closed = windows.take_all();
  EXPECT_EQ(closed.at(0).ranges, (std::vector<ReadRange>{{0, 60}, {70, 71}}));
}

TEST(ReadWindow, GivesUpTheOldestIdleOneWhenThereAreTooMany) {
  ReadWindows windows({.windows = 2});
  const WindowId busy = enter(windows, {"ada", {1}}, kStart, 1);
  windows.end(enter(windows, {"bob", {1}}, kStart + 1, 2));
  enter(windows, {"eve", {1}}, kStart + 2, 3);
  const auto closed = windows.take_due(kStart + 2);
  ASSERT_EQ(closed.size(), 1U);
  EXPECT_EQ(closed[0].intent, 2U);
  EXPECT_EQ(windows.begin({"zoe", {1}}, kStart + 3).error().code, ErrorCode::kFull);
  windows.end(busy);
  EXPECT_TRUE(windows.begin({"zoe", {1}}, kStart + 3));
}

TEST(ReadWindow, WaitsForItsIntentEvenWhenEveryReaderLeft) {
  ReadWindows windows;
  const auto admitted = windows.begin(kAda, kStart);
  windows.end(admitted->window);
  EXPECT_TRUE(windows.take_due(kStart + kFiveMinutes).empty());
  windows.intent_durable(admitted->window, 4);
  ASSERT_EQ(windows.take_due(kStart + kFiveMinutes).size(), 1U);
}

TEST(ReadWindow, EndsWhenTheClockGoesBack) {
  ReadWindows windows;
  windows.end(enter(windows, kAda, kStart, 10));
  EXPECT_EQ(windows.begin(kAda, kStart - 1)->admission, Admission::kWriteIntent);
}

}  // namespace
}  // namespace kerros::audit
