#include "tools/sandbox/upload_rules.h"

#include <gtest/gtest.h>

#include "tools/sandbox/refusal.h"

namespace kerros::sandbox {
namespace {

std::string verdict(const FragmentContext& context, const std::string& range,
                    std::uint64_t length) {
  try {
    check_fragment(context, range, length);
    return "taken";
  } catch (const Refusal& refusal) {
    return std::to_string(refusal.status) + " " + refusal.inner;
  }
}

TEST(UploadRules, TakeAFragmentThatFollows) {
  EXPECT_EQ(verdict({327'680, 1'000'000}, "bytes 327680-655359/1000000", 327'680), "taken");
  EXPECT_EQ(verdict({}, "bytes 0-9/10", 10), "taken");
}

TEST(UploadRules, RefuseOverlapGapAndAnotherTotal) {
  const FragmentContext half{327'680, 983'040};
  EXPECT_EQ(verdict(half, "bytes 0-327679/983040", 327'680), "416 fragmentOverlap");
  EXPECT_EQ(verdict(half, "bytes 655360-983039/983040", 327'680), "416 fragmentOutOfOrder");
  EXPECT_EQ(verdict(half, "bytes 327680-655359/983041", 327'680), "416 fragmentLengthMismatch");
}

TEST(UploadRules, RefuseLengthsThatDisagree) {
  EXPECT_EQ(verdict({}, "bytes 0-9/10", 9), "400 ");
  EXPECT_EQ(verdict({}, "bytes 0--1/0", 0), "400 ");
  EXPECT_THROW(check_fragment({}, std::nullopt, 10), Refusal);
  EXPECT_THROW(check_fragment({}, "bytes 0-9/10", std::nullopt), Refusal);
}

TEST(UploadRules, WantMultiplesAndLessThanSixtyMebibytesWhenStrict) {
  EXPECT_EQ(verdict({}, "bytes 0-9/20", 10), "400 ");
  EXPECT_EQ(verdict({0, {}, false}, "bytes 0-9/20", 10), "taken");
  EXPECT_EQ(verdict({}, "bytes 0-62914559/100000000", 62'914'560), "413 maxFragmentLengthExceeded");
  EXPECT_EQ(verdict({}, "bytes 0-62586879/100000000", 62'586'880), "taken");
  EXPECT_EQ(verdict({0, {}, false}, "bytes 0-62914559/100000000", 62'914'560), "taken");
}

}  // namespace
}  // namespace kerros::sandbox
