#include "gateway/io/doors/bounds.h"

#include <gtest/gtest.h>

namespace kerros::io {
namespace {

using Answer = TunnelShares::Answer;

proxy::Address v4(std::uint8_t last) {
  return {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, last};
}

proxy::Address v6(std::uint8_t network, std::uint8_t host) {
  return {0x20, 1, 0xd, 0xb8, 0, 0, 0, network, 0, 0, 0, 0, 0, 0, 0, host};
}

TEST(ClientOf, IsAnIPv4AddressOrTheNetworkOfAnIPv6Address) {
  EXPECT_EQ(client_of(v4(1)), v4(1));
  EXPECT_NE(client_of(v4(1)), client_of(v4(2)));
  EXPECT_EQ(client_of(v6(1, 1)), client_of(v6(1, 2)));
  EXPECT_NE(client_of(v6(1, 1)), client_of(v6(2, 1)));
}

TEST(RefusalBudget, RecordsSoManyOfOneClientAMinuteAndTellsTheRestInTheNext) {
  RefusalBudget budget(2, 10);
  EXPECT_EQ(budget.take(v4(1), 0), 0u);
  EXPECT_EQ(budget.take(v4(1), 1), 0u);
  EXPECT_EQ(budget.take(v4(1), 2), std::nullopt);
  EXPECT_EQ(budget.take(v4(1), 59'999), std::nullopt);
  EXPECT_EQ(budget.take(v4(1), 60'000), 2u);
  EXPECT_EQ(budget.take(v4(1), 60'001), 0u);
  EXPECT_EQ(budget.take(v4(1), 60'002), std::nullopt);
}

TEST(RefusalBudget, RecordsSoManyOfAllClientsHoweverManyTheyAre) {
  RefusalBudget budget(2, 10);
  std::uint64_t recorded = 0;
  for (int i = 0; i < 250; ++i)
    if (budget.take(v4(static_cast<std::uint8_t>(i)), 5)) ++recorded;
  EXPECT_EQ(recorded, 10u);
  EXPECT_EQ(budget.take(v4(251), 60'000), 240u);
}

TEST(RefusalBudget, LeavesTheOtherClientsTheirRecords) {
  RefusalBudget budget(2, 10);
  for (int i = 0; i < 1000; ++i) budget.take(v4(1), 5);
  EXPECT_EQ(budget.take(v4(2), 6), 998u);
  EXPECT_EQ(budget.take(v4(2), 7), 0u);
}

TEST(RefusalBudget, TellsTheRestAtTheEndOnce) {
  RefusalBudget budget(1, 10);
  for (int i = 0; i < 4; ++i) budget.take(v4(1), 5);
  EXPECT_EQ(budget.take_untold(), 3u);
  EXPECT_EQ(budget.take_untold(), 0u);
}

TEST(TunnelShares, GiveOneClientItsPartAndOthersTheirs) {
  TunnelShares shares;
  EXPECT_EQ(shares.take(v4(1), 2, 3), Answer::kYes);
  EXPECT_EQ(shares.take(v4(1), 2, 3), Answer::kYes);
  EXPECT_EQ(shares.take(v4(1), 2, 3), Answer::kClientHasAll);
  EXPECT_EQ(shares.take(v4(2), 2, 3), Answer::kYes);
  EXPECT_EQ(shares.take(v4(3), 2, 3), Answer::kNoneLeft);
  shares.give(v4(1));
  EXPECT_EQ(shares.take(v4(3), 2, 3), Answer::kYes);
  shares.give(v4(1));
  EXPECT_EQ(shares.take(v4(1), 2, 3), Answer::kYes);
}

TEST(MostTunnels, LeaveTheLastQuarterOfTheConnections) {
  Config config;
  config.limits.connections = 4096;
  config.proxy.tunnels = 4096;
  EXPECT_EQ(most_tunnels(config), 3072u);
  EXPECT_EQ(most_tunnels_of_one(config), 768u);
  config.proxy.tunnels = 100;
  EXPECT_EQ(most_tunnels(config), 100u);
  EXPECT_EQ(most_tunnels_of_one(config), 25u);
  config.limits.connections = 1;
  EXPECT_EQ(most_tunnels(config), 1u);
  EXPECT_EQ(most_tunnels_of_one(config), 1u);
}

}  // namespace
}  // namespace kerros::io
