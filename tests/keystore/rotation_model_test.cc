// Random steps against a model of the version states, and rotation while others upload. What must
// hold after every step: every record opens, and none stands under a version that is retired or
// destroyed.
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <random>
#include <thread>

#include "rotated_store.h"

namespace kerros::keystore {
namespace {

constexpr unsigned kRuns = 30;
constexpr unsigned kSteps = 120;

class RotationModel : public RotatedStore {
 protected:
  // --- steps; each tells in `trace_` what it did ---
  void make_key() { under_way_.push_back(new_record()), tell("make"); }
  void store_one() {
    if (under_way_.empty()) return;
    const ItemRecord record = take(under_way_);
    const bool gone = states_[record.sealed.kek_version] == KeyState::kDestroyed;
    tell("put " + std::to_string(record.sealed.kek_version));
    const auto stored = put(record);
    ASSERT_EQ(stored.has_value(), !gone);
    if (stored) keys_[record.sealed.key] = describe_dek(record);
  }
  void bind_one() {
    if (keys_.empty()) return;
    const auto at = std::next(keys_.begin(), static_cast<std::ptrdiff_t>(below(keys_.size())));
    tell("bind");
    bind(at->first, binding("01" + std::to_string(below(5))));  // kNotFound when it is bound
  }
  void begin_session() {
    if (under_way_.empty()) return;
    const ItemRecord record = take(under_way_);
    const KeyState state = states_[record.sealed.kek_version];
    const bool may = state == KeyState::kActive || state == KeyState::kReplaced;
    tell("begin session");
    const SessionRecord begun = session(++session_number_, record.sealed);
    ASSERT_EQ(put_session(begun).has_value(), may);
    if (may) sessions_.push_back(record), numbers_.push_back(begun.session);
  }
  void end_session() {
    if (sessions_.empty()) return;
    tell("end session");
    const auto at = static_cast<std::ptrdiff_t>(below(sessions_.size()));
    const ItemRecord record = *(sessions_.begin() + at);
    if (below(2) == 0) {  // its file is committed; else it just ends
      ASSERT_THAT(put(record), Succeeds());
      keys_[record.sealed.key] = describe_dek(record);
    }
    ASSERT_THAT(erase_session(*(numbers_.begin() + at)), Succeeds());
    sessions_.erase(sessions_.begin() + at);
    numbers_.erase(numbers_.begin() + at);
  }
  void make_version() {
    const auto pending =
        std::ranges::find(states_, KeyState::kPending, [](const auto& one) { return one.second; });
    const std::uint32_t expected =
        pending == states_.end() ? static_cast<std::uint32_t>(states_.size()) + 1 : pending->first;
    tell("version");
    const auto made = store_->make_version(unit(), clock_++);
    ASSERT_THAT(made, Succeeds());
    ASSERT_EQ(made->version, expected);
    states_[expected] = KeyState::kPending;
  }
  void change_state() {
    static constexpr std::array kTo = {KeyState::kPending, KeyState::kActive, KeyState::kReplaced,
                                       KeyState::kRetired, KeyState::kDestroyed};
    const std::uint32_t number = 1 + below(static_cast<unsigned>(states_.size()));
    const KeyState to = kTo[below(kTo.size())];
    tell(std::to_string(number) + " -> " + name(to));
    const bool leaves = to == KeyState::kRetired || to == KeyState::kDestroyed;
    const bool may = may_become(states_[number], to) && !(leaves && is_used(number));
    ASSERT_EQ(become(number, to).has_value(), may);
    if (!may) return;
    for (auto& [other, state] : states_)
      if (to == KeyState::kActive && state == KeyState::kActive) state = KeyState::kReplaced;
    states_[number] = to;
  }
  void rewrap_some() {
    tell("rewrap");
    RewrapParams params;
    params.most = 1 + below(8);
    ASSERT_THAT(store_->rewrap(params), Succeeds());
  }

  bool is_used(std::uint32_t number) {
    const auto stands = [&](const SealedKey& sealed) { return sealed.kek_version == number; };
    return std::ranges::any_of(
               keys_, [&](const auto& one) { return stands(store_->find(one.first)->sealed); }) ||
           std::ranges::any_of(sessions_, [&](const auto& one) { return stands(one.sealed); });
  }
  void check() {
    std::map<std::uint32_t, std::uint64_t> records;
    for (const auto& [key, dek] : keys_) {
      const auto record = store_->find(key);
      ASSERT_THAT(record, Succeeds());
      const KeyState state = states_[record->sealed.kek_version];
      ASSERT_TRUE(state == KeyState::kActive || state == KeyState::kReplaced) << name(state);
      ASSERT_EQ(describe_dek(*record), dek);
      ++records[record->sealed.kek_version];
    }
    const auto usage = store_->key_usage();
    ASSERT_THAT(usage, Succeeds());
    ASSERT_EQ(usage->size(), states_.size());
    for (const KeyUse& one : *usage) {
      ASSERT_EQ(one.key.state, states_[one.key.version]) << one.key.version;
      ASSERT_EQ(one.records, records[one.key.version]);
    }
  }
  std::string describe_dek(const ItemRecord& record) {
    const auto dek = store_->unlock(record.sealed);
    return dek ? to_hex(dek->reveal()) : dek.error().detail;
  }

  ItemRecord take(std::vector<ItemRecord>& from) {
    std::swap(from.back(), from[below(static_cast<unsigned>(from.size()))]);
    ItemRecord taken = from.back();
    from.pop_back();
    return taken;
  }
  template <typename Count>
  unsigned below(Count count) {
    return std::uniform_int_distribution<unsigned>(0, static_cast<unsigned>(count) - 1)(random_);
  }
  void tell(const std::string& step) { trace_ += step + "\n"; }

  void step() {
    switch (below(16)) {
      case 0:
      case 1:
      case 2:
        return make_key();
      case 3:
      case 4:
        return store_one();
      case 5:
        return bind_one();
      case 6:
        return begin_session();
      case 7:
      case 8:
        return end_session();
      case 9:
        return make_version();
      case 10:
        return rewrap_some();
      case 11:
        return tell("reopen"), reopen();
      default:
        return change_state();
    }
  }

  std::mt19937 random_{20261122};
  std::map<std::uint32_t, KeyState> states_ = {{1, KeyState::kActive}};
  std::map<Id, std::string> keys_;
  std::vector<ItemRecord> under_way_;
  std::vector<ItemRecord> sessions_;
  std::vector<Id> numbers_;
  std::uint8_t session_number_ = 0;
  std::string trace_;
};

class RotationSteps : public RotationModel, public testing::WithParamInterface<unsigned> {};

TEST_P(RotationSteps, LeaveNoRecordUnderADestroyedVersion) {
  random_.seed(GetParam());
  open();
  for (unsigned i = 0; i < kSteps; ++i) {
    step();
    if (!HasFatalFailure()) check();
    ASSERT_FALSE(HasFatalFailure()) << trace_;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RotationSteps, testing::Range(1u, kRuns + 1));

class RotationRace : public RotatedStore {
 protected:
  // What an upload does, begun again when its version is gone. Counts what was bound.
  void upload(std::size_t number) {
    for (unsigned i = 0; !stop_; ++i) {
      const ItemRecord record = made(number);
      const SessionRecord running =
          session(static_cast<std::uint8_t>(16 * number + i % 16), record.sealed);
      if (i % 3 == 0 && !put_session(running)) continue;
      const auto stored = put(record);
      if (i % 3 == 0) ASSERT_THAT(erase_session(running.session), Succeeds());
      if (!stored) {
        ASSERT_THAT(stored, FailsWith(ErrorCode::kNotFound));
        continue;
      }
      ASSERT_THAT(bind(record.sealed.key, binding("01" + std::to_string(number))), Succeeds());
      const std::lock_guard lock(mutex_);
      bound_.push_back(record.sealed.key);
      another_.notify_all();
    }
  }
  ItemRecord made(std::size_t number) {
    const std::lock_guard lock(mutex_);
    return new_record("user" + std::to_string(number));
  }
  // Uploads go on, however fast the keys change.
  void await_another_upload() {
    std::unique_lock lock(mutex_);
    const std::size_t before = bound_.size();
    ASSERT_TRUE(another_.wait_for(lock, kPatience, [&] { return bound_.size() > before; }));
  }
  // An operator in a hurry: what is refused because it is in use is tried again.
  void destroy_when_unused(std::uint32_t number) {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    for (;;) {
      const Status retired = become(number, KeyState::kRetired);
      if (retired) break;
      ASSERT_THAT(retired, FailsWith(ErrorCode::kConflict));
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "never without use: " << number;
      rewrap_all();
    }
    ASSERT_THAT(become(number, KeyState::kDestroyed), Succeeds());
  }
  static constexpr std::chrono::minutes kPatience{2};
  std::mutex mutex_;
  std::condition_variable another_;
  std::vector<Id> bound_;
  std::atomic<bool> stop_{false};
};

TEST_F(RotationRace, LosesNoFileAndHoldsNoUploadUp) {
  constexpr std::uint32_t kVersions = 12;
  open();
  std::vector<std::thread> uploads;
  for (std::size_t i = 0; i < 3; ++i) uploads.emplace_back([this, i] { upload(i); });
  for (std::uint32_t next = 2; next <= kVersions && !HasFatalFailure(); ++next) {
    EXPECT_EQ(rotate(), next);
    destroy_when_unused(next - 1);
    await_another_upload();
  }
  stop_ = true;
  for (std::thread& thread : uploads) thread.join();
  reopen();
  EXPECT_GE(bound_.size(), kVersions - 1);
  for (const Id& key : bound_) {
    const auto record = store_->find(key);
    ASSERT_THAT(record, Succeeds());
    EXPECT_THAT(store_->unlock(record->sealed), Succeeds());
  }
  for (std::uint32_t old = 1; old < kVersions; ++old) EXPECT_EQ(state(old), KeyState::kDestroyed);
}

}  // namespace
}  // namespace kerros::keystore
