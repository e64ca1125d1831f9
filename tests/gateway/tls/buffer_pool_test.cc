#include "gateway/tls/buffer_pool.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

namespace kerros::tls {
namespace {

constexpr auto kSmall = BufferPool::Size::kSmall;
constexpr auto kLarge = BufferPool::Size::kLarge;

TEST(BufferPool, RefusesLargeBuffersAtItsLimitAndNeverSmallOnes) {
  BufferPool pool(2 * BufferPool::kLarge);
  const auto first = pool.take(kLarge);
  auto second = pool.take(kLarge);
  EXPECT_TRUE(first && second);
  EXPECT_FALSE(pool.take(kLarge));
  EXPECT_TRUE(pool.take(kSmall));
  second = {};
  EXPECT_TRUE(pool.take(kLarge));
}

TEST(BufferPool, CountsWhatIsInUse) {
  BufferPool pool(BufferPool::kLarge);
  auto large = pool.take(kLarge);
  const auto small = pool.take(kSmall);
  EXPECT_EQ(pool.in_use(), BufferPool::kLarge + BufferPool::kSmall);
  auto moved = std::move(large);
  EXPECT_FALSE(large);  // NOLINT(bugprone-use-after-move): that it is empty is the point
  moved = {};
  EXPECT_EQ(pool.in_use(), BufferPool::kSmall);
}

TEST(BufferPool, WipesWhatComesBack) {
  for (const auto size : {kSmall, kLarge}) {
    BufferPool pool(BufferPool::kLarge);
    auto buffer = pool.take(size);
    std::ranges::fill(buffer.bytes(), std::uint8_t{0xa5});
    const auto* where = buffer.bytes().data();
    buffer = {};
    buffer = pool.take(size);
    ASSERT_EQ(buffer.bytes().data(), where);
    EXPECT_TRUE(std::ranges::all_of(buffer.bytes(), [](auto byte) { return byte == 0; }));
  }
}

}  // namespace
}  // namespace kerros::tls
