#include "gateway/graph/range.h"

#include <gtest/gtest.h>

namespace kerros::graph {
namespace {

using Kind = RangeRequest::Kind;

RangeRequest of(std::string_view field, std::uint64_t size) { return parse_range(field, size); }

void expect_ranges(std::string_view field, std::uint64_t size, std::vector<ByteRange> ranges) {
  const RangeRequest request = of(field, size);
  EXPECT_EQ(request.kind, Kind::kRanges) << field;
  EXPECT_EQ(request.ranges, ranges) << field;
}

TEST(Range, ReadsEverySingleForm) {
  expect_ranges("bytes=0-0", 1000, {{0, 0}});
  expect_ranges("bytes=0-", 1000, {{0, 999}});
  expect_ranges("bytes=-1", 1000, {{999, 999}});
  expect_ranges("bytes=-5000", 1000, {{0, 999}});
  expect_ranges("bytes=500-5000", 1000, {{500, 999}});
  expect_ranges("BYTES=999-", 1000, {{999, 999}});
  expect_ranges("bytes=7-99999999999999999999999", 1000, {{7, 999}});
  expect_ranges("bytes=-99999999999999999999999", 1000, {{0, 999}});
}

TEST(Range, ReadsSeveralInTheOrderAsked) {
  expect_ranges("bytes=0-0,-1", 1000, {{0, 0}, {999, 999}});
  expect_ranges("bytes= 10-19 ,\t0-9,,2000-", 1000, {{10, 19}, {0, 9}});
}

TEST(Range, WorksAboveFourGibibytes) {
  expect_ranges("bytes=268173567231-", 268173567232, {{268173567231, 268173567231}});
}

TEST(Range, IgnoresWhatItCannotRead) {
  EXPECT_EQ(parse_range(std::nullopt, 10).kind, Kind::kWhole);
  for (const char* field : {"", "bytes", "bytes=", "bytes=,", "bytes=-", "bytes=5-4", "bytes=a-b",
                            "bytes=1-2x", "items=0-1", "bytes=0-1;2", "bytes=+1-2", "bytes=1 -2",
                            "bytes=0-1,x", "bytes 0-1", "bytes=--1", "bytes=0x1-2"})
    EXPECT_EQ(of(field, 1000).kind, Kind::kWhole) << field;
}

TEST(Range, RefusesWhatLiesBehindTheEnd) {
  for (const char* field : {"bytes=1000-", "bytes=1000-1001", "bytes=-0", "bytes=2000-,3000-",
                            "bytes=99999999999999999999-"})
    EXPECT_EQ(of(field, 1000).kind, Kind::kUnsatisfiable) << field;
  EXPECT_EQ(of("bytes=0-", 0).kind, Kind::kUnsatisfiable);
  EXPECT_EQ(of("bytes=-1", 0).kind, Kind::kUnsatisfiable);
}

TEST(Range, AnswersTooMuchWithTheWhole) {
  EXPECT_EQ(of("bytes=0-,0-", 1000).kind, Kind::kWhole);
  EXPECT_EQ(of("bytes=0-599,400-999", 1000).kind, Kind::kWhole);
  std::string many = "bytes=0-0";
  for (int i = 1; i < 16; ++i) many += "," + std::to_string(2 * i) + "-" + std::to_string(2 * i);
  EXPECT_EQ(of(many, 1000).ranges.size(), 16U);
  EXPECT_EQ(of(many + ",100-100", 1000).kind, Kind::kWhole);
}

TEST(ContentRange, ReadsWhatItWrites) {
  const auto range = parse_content_range("bytes 26-51/1000");
  ASSERT_TRUE(range);
  EXPECT_EQ(range->range, (ByteRange{26, 51}));
  EXPECT_EQ(range->range.length(), 26U);
  EXPECT_EQ(range->total, 1000U);
  EXPECT_EQ(to_field(*range), "bytes 26-51/1000");
  EXPECT_TRUE(
      parse_content_range("bytes 18446744073709551613-18446744073709551614/"
                          "18446744073709551615"));
}

TEST(ContentRange, RefusesEverythingElse) {
  for (const char* field : {"",
                            "bytes",
                            "bytes 0-1/*",
                            "bytes */5",
                            "0-1/5",
                            "bytes=0-1/5",
                            "bytes  0-1/5",
                            "bytes 0-5/5",
                            "bytes 3-2/5",
                            "bytes 0--1/0",
                            "bytes 0-0/0",
                            "bytes -1/5",
                            "bytes 0-/5",
                            "bytes 0-1/",
                            "bytes +0-1/5",
                            "bytes 0-1/5 ",
                            "bytes 0-1/5,",
                            "Bytes 0-1/5",
                            "bytes 0/1-5",
                            "bytes 0-1/18446744073709551616"}) {
    EXPECT_FALSE(parse_content_range(field)) << field;
    const auto fragment = parse_fragment_range(field);
    ASSERT_FALSE(fragment) << field;
    EXPECT_EQ(fragment.error().code, ErrorCode::kMalformed);
  }
  EXPECT_FALSE(parse_fragment_range(std::nullopt));
}

TEST(Range, WritesItsFields) {
  EXPECT_EQ(unsatisfied_field(1000), "bytes */1000");
  EXPECT_EQ(to_range_field({0, 99}), "bytes=0-99");
}

}  // namespace
}  // namespace kerros::graph
