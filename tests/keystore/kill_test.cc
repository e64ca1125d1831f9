// kill -9 in the middle of writes: whatever was acknowledged is there.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "store_fixture.h"

namespace kerros::keystore {
namespace {

struct Acknowledged {
  Id key;
  bool bound;
};

class KilledStore : public StoreFixture {
 protected:
  // In the child: writes from several threads until it is killed, telling each acknowledgement.
  [[noreturn]] void write_for_ever(int pipe) {
    open();
    std::mutex making;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&, t] {
        for (;;) {
          ItemRecord record;
          {
            const std::lock_guard lock(making);
            record = new_record();
          }
          const auto tell = [&](bool bound) {
            const Acknowledged said{record.sealed.key, bound};
            if (::write(pipe, &said, sizeof(said)) != sizeof(said)) ::_exit(1);
          };
          if (!put(record)) ::_exit(1);
          tell(false);
          if (!bind(record.sealed.key, binding("01" + std::to_string(t)))) ::_exit(1);
          tell(true);
        }
      });
    for (std::thread& thread : threads) thread.join();
    ::_exit(1);
  }

  // Kills the writer after `count` acknowledgements; what it said later is read as well.
  std::vector<Acknowledged> run_until(std::size_t count) {
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      ::close(ends[0]);
      write_for_ever(ends[1]);
    }
    ::close(ends[1]);
    std::vector<Acknowledged> said;
    Acknowledged one;
    while (::read(ends[0], &one, sizeof(one)) == sizeof(one)) {
      said.push_back(one);
      if (said.size() == count) ::kill(child, SIGKILL);
    }
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    return said;
  }
};

TEST_F(KilledStore, HoldsEverythingItAcknowledged) {
  std::vector<Acknowledged> all;
  for (std::size_t round = 0; round < 20; ++round) {
    const auto said = run_until(3 + round * 7);
    all.insert(all.end(), said.begin(), said.end());
    open();
    for (const Acknowledged& one : all) {
      const auto found = store_->find(one.key);
      ASSERT_THAT(found, Succeeds()) << "round " << round;
      if (one.bound) {
        ASSERT_THAT(found->state, testing::AnyOf(ItemState::kBound, ItemState::kSuperseded));
      }
      ASSERT_THAT(store_->unlock(found->sealed), Succeeds());
    }
    clock_ = kNow + round * 1'000'000 + 1'000'000;
    close();
  }
  EXPECT_GT(all.size(), 1000u);
}

}  // namespace
}  // namespace kerros::keystore
