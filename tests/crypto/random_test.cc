#include "crypto/random.h"

#include <gtest/gtest.h>

#include <set>

namespace kerros::crypto {
namespace {

TEST(Random, FillsEveryByteInTheEnd) {
  Bytes seen(40, 0);
  for (int round = 0; round < 64; ++round) {
    Bytes bytes(40);
    fill_random(bytes);
    for (std::size_t i = 0; i < bytes.size(); ++i) seen[i] |= bytes[i];
  }
  // A byte that stays zero 64 times would be chance once in 2^512.
  EXPECT_EQ(std::count(seen.begin(), seen.end(), 0), 0);
}

TEST(TimeOrderedId, BeginsWithTheMilliseconds) {
  EXPECT_EQ(to_hex(ByteView(time_ordered_id(0x0123456789ab)).first(6)), "0123456789ab");
}

TEST(TimeOrderedId, SortsByTime) {
  EXPECT_LT(time_ordered_id(0xff), time_ordered_id(0x100));
  EXPECT_LT(time_ordered_id(1'700'000'000'000), time_ordered_id(1'700'000'000'001));
}

TEST(TimeOrderedId, DiffersWithinOneMillisecond) {
  std::set<std::array<std::uint8_t, 16>> ids;
  for (int i = 0; i < 1000; ++i) ids.insert(time_ordered_id(7));
  EXPECT_EQ(ids.size(), 1000u);
}

}  // namespace
}  // namespace kerros::crypto
