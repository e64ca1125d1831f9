#include "crypto/secret.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <sstream>
#include <thread>
#include <type_traits>

#include "crypto/wrap.h"
#include "tests/support/sealed_file.h"

namespace kerros::crypto {
namespace {

using support::code_of;

template <typename T>
concept Printable = requires(std::ostream& out, const T& value) { out << value; };
template <typename T>
concept Comparable = requires(const T& a, const T& b) { a == b; };

static_assert(!std::is_copy_constructible_v<SecretBytes> &&
              !std::is_copy_assignable_v<SecretBytes>);
static_assert(!std::is_copy_constructible_v<Kek> && !std::is_copy_assignable_v<Kek>);
static_assert(!std::is_copy_constructible_v<SecretPool::Slot>);
static_assert(std::is_nothrow_move_constructible_v<SecretBytes>);
static_assert(!Printable<SecretBytes> && !Printable<Kek> && !Printable<SecretPool::Slot>);
static_assert(!Comparable<SecretBytes> && !Comparable<Kek>);
static_assert(!std::is_convertible_v<Kek, RootKey> && !std::is_constructible_v<RootKey, Kek>);
static_assert(!std::is_constructible_v<std::string, SecretBytes>);

TEST(SecretBytes, BeginsZeroed) {
  const auto secret = SecretBytes::make(100).value();
  EXPECT_EQ(Bytes(secret.reveal().begin(), secret.reveal().end()), Bytes(100, 0));
}

TEST(SecretBytes, HoldsACopy) {
  const auto secret = SecretBytes::copy_of(as_bytes("opening words")).value();
  EXPECT_EQ(as_text(secret.reveal()), "opening words");
}

TEST(SecretBytes, MovesAndLeavesNothing) {
  auto first = SecretBytes::copy_of(as_bytes("one")).value();
  SecretBytes second = std::move(first);
  EXPECT_EQ(first.size(), 0u);
  EXPECT_EQ(as_text(second.reveal()), "one");
  auto third = SecretBytes::copy_of(as_bytes("three")).value();
  third = std::move(second);
  EXPECT_EQ(as_text(third.reveal()), "one");
  EXPECT_EQ(second.size(), 0u);
}

TEST(SecretBytes, MayBeEmpty) {
  EXPECT_EQ(SecretBytes::make(0).value().size(), 0u);
  EXPECT_EQ(SecretBytes().reveal().size(), 0u);
}

TEST(Key, TakesExactlyThirtyTwoBytes) {
  const Bytes raw = support::noise(33);
  EXPECT_EQ(code_of(Kek::copy_of(ByteView(raw).first(31))), ErrorCode::kMalformed);
  EXPECT_EQ(code_of(Kek::copy_of(raw)), ErrorCode::kMalformed);
  const auto key = Kek::copy_of(ByteView(raw).first(32)).value();
  EXPECT_TRUE(equal_constant_time(key.reveal(), ByteView(raw).first(32)));
}

TEST(Key, IsFreshEveryTime) {
  const auto a = Kek::random().value();
  const auto b = Kek::random().value();
  EXPECT_FALSE(equal_constant_time(a.reveal(), b.reveal()));
}

TEST(SecretPool, GivesSlotsThatDoNotOverlap) {
  const auto pool = SecretPool::make(8, 76).value();
  std::vector<SecretPool::Slot> slots;
  for (std::uint8_t i = 0; i < 8; ++i) {
    slots.push_back(pool->take().value());
    ASSERT_EQ(slots.back().reveal().size(), 76u);
    std::ranges::fill(slots.back().reveal(), i);
  }
  for (std::uint8_t i = 0; i < 8; ++i) {
    const ByteView bytes = slots[i].reveal();
    EXPECT_EQ(Bytes(bytes.begin(), bytes.end()), Bytes(76, i));
  }
}

TEST(SecretPool, RefusesWhenEverySlotIsInUse) {
  const auto pool = SecretPool::make(2, 32).value();
  auto first = pool->take().value();
  const auto second = pool->take().value();
  EXPECT_EQ(pool->in_use(), 2u);
  EXPECT_EQ(code_of(pool->take()), ErrorCode::kFull);
  first = SecretPool::Slot();
  EXPECT_EQ(pool->in_use(), 1u);
  EXPECT_TRUE(pool->take().has_value());
}

TEST(SecretPool, WipesASlotBeforeItIsTakenAgain) {
  const auto pool = SecretPool::make(1, 32).value();
  {
    auto slot = pool->take().value();
    std::ranges::fill(slot.reveal(), std::uint8_t{0xa5});
    const auto moved = std::move(slot);
    EXPECT_EQ(slot.reveal().size(), 0u);
  }
  const auto again = pool->take().value();
  EXPECT_EQ(Bytes(again.reveal().begin(), again.reveal().end()), Bytes(32, 0));
}

TEST(SecretPool, CountsRightAcrossThreads) {
  const auto pool = SecretPool::make(16, 32).value();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&pool] {
      for (int i = 0; i < 500; ++i) {
        auto slot = pool->take();
        ASSERT_TRUE(slot.has_value());
        std::ranges::fill(slot->reveal(), std::uint8_t{1});
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(pool->in_use(), 0u);
}

TEST(SecretPool, RefusesImpossibleSizes) {
  EXPECT_EQ(code_of(SecretPool::make(0, 32)), ErrorCode::kMalformed);
  EXPECT_EQ(code_of(SecretPool::make(4, 0)), ErrorCode::kMalformed);
  EXPECT_EQ(code_of(SecretPool::make(SIZE_MAX / 2, 3)), ErrorCode::kMalformed);
  EXPECT_EQ(code_of(SecretPool::make(1, SIZE_MAX / 2)), ErrorCode::kFull);
}

TEST(SecretPoolDeathTest, EndsTheProcessWhenASlotOutlivesIt) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        auto pool = SecretPool::make(1, 32).value();
        const auto slot = pool->take().value();
        pool.reset();
      },
      "outlives its pool");
}

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define KERROS_MLOCK_IS_REPLACED 1  // sanitizers turn mlock into nothing
#endif
#endif

#ifndef KERROS_MLOCK_IS_REPLACED
// Runs in a child without privileges, because root may lock as much as it likes.
[[noreturn]] void take_secrets_without_lockable_memory() {
  const rlimit none{0, 0};
  if (setrlimit(RLIMIT_MEMLOCK, &none) != 0) _exit(2);
  if (geteuid() == 0 && setresuid(65534, 65534, 65534) != 0) _exit(3);
  const auto secret = SecretBytes::make(32);
  const auto pool = SecretPool::make(4, 32);
  const bool refused = !secret && secret.error().code == ErrorCode::kFull && !pool &&
                       pool.error().detail.find("RLIMIT_MEMLOCK is 0 KiB") != std::string::npos;
  _exit(refused ? 0 : 1);
}

TEST(SecretPoolDeathTest, RefusesMemoryThatCannotBeLocked) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(take_secrets_without_lockable_memory(), testing::ExitedWithCode(0), "");
}
#endif

TEST(ConstantTime, ComparesContentsAndSizes) {
  const Bytes a = {1, 2, 3};
  EXPECT_TRUE(equal_constant_time(a, Bytes({1, 2, 3})));
  EXPECT_FALSE(equal_constant_time(a, Bytes({1, 2, 4})));
  EXPECT_FALSE(equal_constant_time(a, Bytes({1, 2})));
  EXPECT_TRUE(equal_constant_time({}, {}));
}

}  // namespace
}  // namespace kerros::crypto
