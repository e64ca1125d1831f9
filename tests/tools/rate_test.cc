#include "tools/rate.h"

#include <gtest/gtest.h>

namespace kerros::tools {
namespace {

using namespace std::chrono_literals;

TEST(LeastTime, IsThatOfTheRateHoweverFewWereDone) {
  EXPECT_EQ(least_time(8000, 9000).count() / 1'000'000, 888);
  EXPECT_EQ(least_time(9000, 9000), 1s);
  EXPECT_EQ(least_time(18'000, 9000), 2s);
  EXPECT_EQ(least_time(0, 9000), 0s);
}

TEST(LeastTime, IsNothingWithoutARate) { EXPECT_EQ(least_time(1'000'000, 0), 0s); }

}  // namespace
}  // namespace kerros::tools
