// kill -9 in the middle of rotate, rewrap and destroy, at points spread over every call that writes
// or syncs: afterwards every item opens, and the same command comes to its end.
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>

#include "rotated_store.h"

namespace kerros::keystore {
namespace {

constexpr unsigned long kDefaultPoints = 20;
constexpr int kItems = 60;

struct Ended {
  bool killed = false;
  int code = -1;
  std::string out;
};

class KilledKeyChange : public RotatedStore, public testing::WithParamInterface<const char*> {
 protected:
  std::string verb() const { return GetParam(); }

  // The store as the verb finds it, kept so that every round begins alike.
  void prepare() {
    open();
    for (int i = 0; i < kItems; ++i) items_.push_back(put_and_bind("01" + std::to_string(i % 9)));
    if (verb() != "rotate") rotate();
    if (verb() == "destroy") rewrap_all();
    for (const Id& key : items_) described_.push_back(describe(key));
    close();
    std::filesystem::copy(store_path_, dir_ / "before", std::filesystem::copy_options::recursive);
  }
  void put_back() {
    std::filesystem::remove_all(store_path_);
    std::filesystem::copy(dir_ / "before", store_path_, std::filesystem::copy_options::recursive);
  }
  Ended run_probe(unsigned long point) const {
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      ::dup2(ends[1], STDOUT_FILENO);
      const std::string program = KERROS_BIN_DIR "/kerros_key_probe";
      const std::string sessions = dir_ / "probe-sessions";
      const std::string number = std::to_string(point);
      ::execl(program.c_str(), program.c_str(), store_path_.c_str(), key_file_.c_str(),
              sessions.c_str(), GetParam(), number.c_str(), nullptr);
      ::_exit(127);
    }
    ::close(ends[1]);
    Ended ended;
    std::array<char, 64> some{};
    for (ssize_t got = 0; (got = ::read(ends[0], some.data(), some.size())) > 0;)
      ended.out.append(some.data(), static_cast<std::size_t>(got));
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    ended.killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    ended.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return ended;
  }

  void expect_every_item_opens() {
    for (std::size_t i = 0; i < items_.size(); ++i) ASSERT_EQ(describe(items_[i]), described_[i]);
    std::size_t active = 0;
    for (const UnitKeyInfo& key : store_->unit_keys()) active += key.state == KeyState::kActive;
    ASSERT_EQ(active, 1u);
  }
  void expect_no_half_state() {
    open();
    expect_every_item_opens();
    EXPECT_FALSE(std::filesystem::exists(store_path_ + "/keys.draft"));
    EXPECT_THAT(store_->check_writable(), Succeeds());
    close();
  }
  void expect_it_comes_to_its_end() {
    const Ended again = run_probe(0);
    ASSERT_EQ(again.code, 0);
    open();
    expect_every_item_opens();
    const KeyUse first = use(1);
    if (verb() == "rotate") {
      // Killed behind its last step it had done its work: then this was one rotation more.
      ASSERT_THAT(store_->unit_keys().size(), testing::AnyOf(2u, 3u));
      EXPECT_EQ(first.key.state, KeyState::kReplaced);
    }
    if (verb() == "rewrap") {
      EXPECT_EQ(first.records, 0u);
    }
    if (verb() == "destroy") {
      EXPECT_EQ(first.key.state, KeyState::kDestroyed);
    }
    close();
  }

  std::vector<Id> items_;
  std::vector<std::string> described_;
};

// KERROS_KILL_POINTS asks for more of them than every run has time for.
unsigned long points() {
  const char* more = std::getenv("KERROS_KILL_POINTS");  // NOLINT(concurrency-mt-unsafe)
  return more == nullptr ? kDefaultPoints : std::strtoul(more, nullptr, 10);
}

TEST_P(KilledKeyChange, LeavesEveryItemReadableAndGoesOn) {
  prepare();
  const Ended whole = run_probe(0);
  ASSERT_EQ(whole.code, 0);
  const unsigned long calls = std::stoul(whole.out);
  const unsigned long wanted = std::min(points(), calls);
  ASSERT_GE(wanted, 10u) << "too few calls to have shown anything";
  for (unsigned long i = 0; i < wanted; ++i) {
    const unsigned long point = 1 + i * (calls - 1) / (wanted - 1);
    SCOPED_TRACE("call " + std::to_string(point) + " of " + std::to_string(calls));
    put_back();
    const Ended ended = run_probe(point);
    ASSERT_TRUE(ended.killed) << ended.code;
    ASSERT_NO_FATAL_FAILURE(expect_no_half_state());
    ASSERT_NO_FATAL_FAILURE(expect_it_comes_to_its_end());
  }
}

INSTANTIATE_TEST_SUITE_P(Verbs, KilledKeyChange, testing::Values("rotate", "rewrap", "destroy"),
                         [](const auto& verb) { return std::string(verb.param); });

}  // namespace
}  // namespace kerros::keystore
