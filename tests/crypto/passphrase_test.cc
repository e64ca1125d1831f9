#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "crypto/derive.h"
#include "tests/support/sealed_file.h"

namespace kerros::crypto {
namespace {

using support::code_of;
using support::noise;

constexpr PassphraseCost kTiny{1, 8192};

SecretBytes secret(std::string_view text) { return SecretBytes::copy_of(as_bytes(text)).value(); }

Bytes stretched(std::string_view passphrase, std::uint64_t salt, PassphraseCost cost = kTiny) {
  const auto key = stretch_passphrase(secret(passphrase), noise(16, salt), cost).value();
  return Bytes(key.reveal().begin(), key.reveal().end());
}

TEST(Passphrase, GivesTheSameKeyEveryTime) {
  const Bytes key = stretched("correct horse", 1);
  EXPECT_EQ(key.size(), 32u);
  EXPECT_EQ(stretched("correct horse", 1), key);
}

TEST(Passphrase, GivesAnotherKeyForAnyOtherInput) {
  const Bytes key = stretched("correct horse", 1);
  EXPECT_NE(stretched("correct horsf", 1), key);
  EXPECT_NE(stretched("correct horse", 2), key);
  EXPECT_NE(stretched("correct horse", 1, {2, 8192}), key);
  EXPECT_NE(stretched("correct horse", 1, {1, 16384}), key);
  EXPECT_NE(stretched("", 1), key);
}

TEST(Passphrase, IsTakenWholeWithZeroBytesInIt) {
  EXPECT_NE(stretched(std::string_view("a\0b", 3), 1), stretched("a", 1));
  EXPECT_NE(stretched(std::string(4096, 'x'), 1), stretched(std::string(4095, 'x'), 1));
}

TEST(Passphrase, RefusesWhatArgonCannotTake) {
  EXPECT_EQ(code_of(stretch_passphrase(secret("x"), noise(15), kTiny)), ErrorCode::kMalformed);
  EXPECT_EQ(code_of(stretch_passphrase(secret("x"), noise(16), {0, 8192})), ErrorCode::kMalformed);
  EXPECT_EQ(code_of(stretch_passphrase(secret("x"), noise(16), {1, 8191})), ErrorCode::kMalformed);
  EXPECT_EQ(code_of(stretch_passphrase(secret(std::string(4097, 'x')), noise(16), kTiny)),
            ErrorCode::kMalformed);
}

TEST(Passphrase, WorksBesideOtherThreads) {
  const Bytes expected = stretched("threads", 1);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] { EXPECT_EQ(stretched("threads", 1), expected); });
  for (auto& thread : threads) thread.join();
}

TEST(Passphrase, LeavesNoChildAndTheSameSignalMask) {
  sigset_t before, after;
  pthread_sigmask(SIG_SETMASK, nullptr, &before);
  stretched("x", 1);
  pthread_sigmask(SIG_SETMASK, nullptr, &after);
  for (int signal = 1; signal < SIGRTMAX; ++signal)
    EXPECT_EQ(sigismember(&before, signal), sigismember(&after, signal)) << signal;
  EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

TEST(Passphrase, WorksWhereChildrenAreReapedByThemselves) {
  const auto before = signal(SIGCHLD, SIG_IGN);
  EXPECT_EQ(stretched("x", 1).size(), 32u);
  signal(SIGCHLD, before);
}

TEST(Passphrase, SaysWhatMemoryItWantedWhenTheChildFails) {
  // No machine has this much address space to give: the child fails, the parent says so.
  const auto key = stretch_passphrase(secret("x"), noise(16), {1, 4'398'046'510'080ull});
  EXPECT_EQ(code_of(key), ErrorCode::kUnavailable);
  EXPECT_NE(key.error().detail.find("4194303 MiB"), std::string::npos) << key.error().detail;
}

TEST(Passphrase, CostsAQuarterOfAGigabyteByDefault) {
  EXPECT_EQ(default_passphrase_cost().memory_bytes, 256u * 1024 * 1024);
  EXPECT_EQ(default_passphrase_cost().operations, 3u);
}

}  // namespace
}  // namespace kerros::crypto
