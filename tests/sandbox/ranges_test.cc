#include "tools/sandbox/ranges.h"

#include <gtest/gtest.h>

namespace kerros::sandbox {
namespace {

void expect_part(const char* header, std::uint64_t size, std::uint64_t first,
                 std::uint64_t length) {
  const RangeAnswer answer = resolve_range(header, size);
  EXPECT_EQ(answer.verdict, RangeVerdict::kPart) << header;
  EXPECT_EQ(answer.range.first, first) << header;
  EXPECT_EQ(answer.range.length, length) << header;
}

TEST(Range, ResolvesClosedOpenAndSuffixForms) {
  expect_part("bytes=0-0", 10, 0, 1);
  expect_part("bytes=3-5", 10, 3, 3);
  expect_part("bytes=3-", 10, 3, 7);
  expect_part("bytes=-4", 10, 6, 4);
  expect_part("bytes=-40", 10, 0, 10);
  expect_part("bytes=8-99999999999999999", 10, 8, 2);
}

TEST(Range, WorksBeyondFourGibibytes) {
  expect_part("bytes=268435455999-", 268'435'456'000, 268'435'455'999, 1);
}

TEST(Range, IsUnsatisfiableFromTheEndOn) {
  for (const char* header : {"bytes=10-", "bytes=10-20", "bytes=-0"}) {
    EXPECT_EQ(resolve_range(header, 10).verdict, RangeVerdict::kUnsatisfiable) << header;
  }
  EXPECT_EQ(resolve_range("bytes=0-", 0).verdict, RangeVerdict::kUnsatisfiable);
  EXPECT_EQ(resolve_range("bytes=-1", 0).verdict, RangeVerdict::kUnsatisfiable);
}

TEST(Range, IsIgnoredWhenSeveralStrangeOrBroken) {
  for (const char* header : {"bytes=0-0,2-3", "items=0-1", "bytes=5-3", "bytes=a-b",
                             "bytes=", "bytes=-", "bytes=99999999999999999999999-", "bytes=+1-2"}) {
    EXPECT_EQ(resolve_range(header, 10).verdict, RangeVerdict::kWhole) << header;
  }
}

TEST(ContentRange, IsReadOnlyInItsOneForm) {
  const auto range = parse_content_range("bytes 0-9/100");
  ASSERT_TRUE(range);
  EXPECT_EQ(range->last, 9U);
  EXPECT_EQ(range->total, 100U);
  for (const char* header :
       {"0-9/100", "bytes=0-9/100", "bytes 9-0/100", "bytes 0-9/*", "bytes 0--1/0", "bytes 0-9/9",
        "bytes 0-9", "bytes 0 - 9/100", "bytes 0-9/18446744073709551616", "bytes -1-9/100", ""}) {
    EXPECT_FALSE(parse_content_range(header)) << header;
  }
}

}  // namespace
}  // namespace kerros::sandbox
