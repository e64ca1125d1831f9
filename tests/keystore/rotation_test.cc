// New versions of a unit's key: made, used, emptied, retired, destroyed.
#include <fstream>
#include <iterator>

#include "raw_lmdb.h"
#include "rotated_store.h"

namespace kerros::keystore {
namespace {

class Rotation : public RotatedStore {
 protected:
  Rotation() { open(); }
  std::string keys_file() const {
    std::ifstream in(store_path_ + "/keys/data.mdb", std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  // As it lies in its row, read from a copy.
  std::string sealed_key_of(std::uint8_t number) const {
    const std::string copy = dir_ / "copy";
    std::filesystem::create_directory(copy);
    std::filesystem::copy_file(store_path_ + "/keys/data.mdb", copy + "/data.mdb",
                               std::filesystem::copy_options::overwrite_existing);
    std::string sealed;
    edit_rows(copy, "rows", [&](RawRows& rows) {
      for (const auto& [key, value] : rows)
        if (key[0] == 'K' && key.back() == number)
          sealed = value.substr(kOpenSize, value.size() - kOpenSize - kMacSize);
    });
    std::filesystem::remove_all(copy);
    return sealed;
  }
  static constexpr std::size_t kOpenSize = 1 + 1 + 16 + 8, kMacSize = 32;
};

TEST_F(Rotation, SealsTheVeryNextFileUnderTheNewVersion) {
  const ItemRecord before = new_record();
  EXPECT_EQ(rotate(), 2u);
  EXPECT_EQ(before.sealed.kek_version, 1u);
  EXPECT_EQ(new_record().sealed.kek_version, 2u);
  EXPECT_EQ(store_->active_key(unit())->version, 2u);
  EXPECT_EQ(state(1), KeyState::kReplaced);
}

TEST_F(Rotation, SealsNothingUnderAPendingVersion) {
  const auto made = store_->make_version(unit(), 77);
  ASSERT_THAT(made, Succeeds());
  EXPECT_EQ(made->version, 2u);
  EXPECT_EQ(made->state, KeyState::kPending);
  EXPECT_EQ(made->created, 77u);
  EXPECT_EQ(new_record().sealed.kek_version, 1u);
}

TEST_F(Rotation, GoesOnWithAPendingVersionInsteadOfMakingAnother) {
  ASSERT_THAT(store_->make_version(unit(), 77), Succeeds());
  reopen();
  EXPECT_EQ(store_->make_version(unit(), 99)->created, 77u);
  EXPECT_EQ(store_->unit_keys().size(), 2u);
}

TEST_F(Rotation, OpensEverythingAfterARestart) {
  const Id old_key = put_and_bind("01A");
  const std::string before = describe(old_key);
  rotate();
  const Id new_key = put_and_bind("01B");
  const std::string after = describe(new_key);
  reopen();
  EXPECT_EQ(describe(old_key), before);
  EXPECT_EQ(describe(new_key), after);
  EXPECT_EQ(store_->active_key(unit())->version, 2u);
}

TEST_F(Rotation, MovesTheHeadSoThatOldKeysUnderTheSameRecordsAreSeen) {
  put_and_bind("01A");
  const StoreHead before = store_->head();
  rotate();
  const StoreHead after = store_->head();
  EXPECT_GT(after.sequence, before.sequence);
  EXPECT_NE(after.set_hash, before.set_hash);
  reopen();
  EXPECT_EQ(store_->head(), after);
}

TEST_F(Rotation, StoresUnderTheNewVersionWhatWasMadeUnderTheOld) {
  const ItemRecord record = new_record();
  rotate();
  ASSERT_THAT(put(record), Succeeds());
  const auto stored = store_->find(record.sealed.key);
  EXPECT_EQ(stored->sealed.kek_version, 2u);
  EXPECT_EQ(store_->unlock(stored->sealed)->reveal().size(), 32u);
}

TEST_F(Rotation, BindsUnderTheNewVersionWhatWasStoredUnderTheOld) {
  const ItemRecord record = new_record();
  ASSERT_THAT(put(record), Succeeds());
  rotate();
  ASSERT_THAT(bind(record.sealed.key, binding("01A")), Succeeds());
  EXPECT_EQ(store_->find(record.sealed.key)->sealed.kek_version, 2u);
  EXPECT_EQ(use(1).records, 0u);
}

TEST_F(Rotation, CountsRecordsAndSessionsOfEachVersion) {
  put_and_bind("01A");
  ASSERT_THAT(put(new_record()), Succeeds());
  ASSERT_THAT(put_session(session(1, new_record().sealed, kNow + 5)), Succeeds());
  ASSERT_THAT(put_session(session(2, new_record().sealed, kNow + 9)), Succeeds());
  rotate();
  put_and_bind("01B");
  EXPECT_EQ(use(1).records, 2u);
  EXPECT_EQ(use(1).sessions, 2u);
  EXPECT_EQ(use(1).last_session, kNow + 9);
  EXPECT_EQ(use(2).records, 1u);
  EXPECT_EQ(use(2).sessions, 0u);
  EXPECT_EQ(use(2).last_session, 0u);
}

TEST_F(Rotation, RewrapsRecordsOfEveryStateAndLosesNone) {
  std::vector<Id> all;
  for (int i = 0; i < 30; ++i) all.push_back(put_and_bind("01" + std::to_string(i % 7)));
  const ItemRecord pending = new_record();
  ASSERT_THAT(put(pending), Succeeds());
  all.push_back(pending.sealed.key);
  ASSERT_THAT(set_state(all[29], ItemState::kBound, ItemState::kSuspect), Succeeds());
  std::vector<std::string> before;
  for (const Id& key : all) before.push_back(describe(key));
  rotate();
  EXPECT_EQ(rewrap_all(4), all.size());
  EXPECT_EQ(rewrap_all(4), 0u);
  reopen();
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(describe(all[i]), before[i]);
    EXPECT_EQ(store_->find(all[i])->sealed.kek_version, 2u);
  }
}

TEST_F(Rotation, RewrapsNothingOfAnotherUnit) {
  put_and_bind("01A");
  rotate();
  RewrapParams params;
  params.unit.fill(9);
  params.most = 10;
  const auto step = store_->rewrap(params);
  ASSERT_THAT(step, Succeeds());
  EXPECT_EQ(step->moved, 0u);
  EXPECT_TRUE(step->complete);
  EXPECT_EQ(use(1).records, 1u);
}

TEST_F(Rotation, RetiresOnlyWhatNothingUses) {
  put_and_bind("01A");
  const SessionRecord running = session(1, new_record().sealed);
  ASSERT_THAT(put_session(running), Succeeds());
  rotate();
  const auto used = become(1, KeyState::kRetired);
  ASSERT_THAT(used, FailsWith(ErrorCode::kConflict));
  EXPECT_EQ(used.error().detail, "version 1 is in use: 1 records, 1 upload sessions");
  rewrap_all();
  EXPECT_THAT(become(1, KeyState::kRetired), FailsWith(ErrorCode::kConflict));
  ASSERT_THAT(erase_session(running.session), Succeeds());
  EXPECT_THAT(become(1, KeyState::kRetired), Succeeds());
  EXPECT_EQ(state(1), KeyState::kRetired);
}

TEST_F(Rotation, BeginsNoSessionUnderAVersionThatIsRetired) {
  const SealedKey late = new_record().sealed;
  rotate();
  EXPECT_THAT(put_session(session(1, late)), Succeeds());
  ASSERT_THAT(erase_session(session(1, late).session), Succeeds());
  ASSERT_THAT(become(1, KeyState::kRetired), Succeeds());
  EXPECT_THAT(put_session(session(2, late)), FailsWith(ErrorCode::kUnavailable));
}

TEST_F(Rotation, StoresNothingUnderAVersionThatIsDestroyed) {
  const ItemRecord late = new_record();
  rotate();
  ASSERT_THAT(become(1, KeyState::kRetired), Succeeds());
  ASSERT_THAT(become(1, KeyState::kDestroyed), Succeeds());
  EXPECT_THAT(put(late), FailsWith(ErrorCode::kNotFound));
  EXPECT_THAT(store_->find(late.sealed.key), FailsWith(ErrorCode::kNotFound));
}

TEST_F(Rotation, OpensForAReaderWhoLookedBeforeTheKeyWasDestroyed) {
  const Id key = put_and_bind("01A");
  const auto seen = store_->find(key);
  const Bytes dek = [&] {
    const auto slot = store_->unlock(seen->sealed);
    return Bytes(slot->reveal().begin(), slot->reveal().end());
  }();
  rotate();
  rewrap_all();
  ASSERT_THAT(become(1, KeyState::kRetired), Succeeds());
  ASSERT_THAT(become(1, KeyState::kDestroyed), Succeeds());
  const auto late = store_->unlock(seen->sealed);
  ASSERT_THAT(late, Succeeds());
  EXPECT_TRUE(std::ranges::equal(late->reveal(), dek));
}

TEST_F(Rotation, LeavesNothingOfADestroyedKeyInTheFile) {
  rotate();
  ASSERT_THAT(become(1, KeyState::kRetired), Succeeds());
  const std::string sealed = sealed_key_of(1);
  ASSERT_EQ(sealed.size(), 72u);
  ASSERT_NE(keys_file().find(sealed), std::string::npos);
  ASSERT_THAT(become(1, KeyState::kDestroyed), Succeeds());
  EXPECT_EQ(keys_file().find(sealed), std::string::npos);
  EXPECT_EQ(sealed_key_of(1), "");
  EXPECT_FALSE(std::filesystem::exists(store_path_ + "/keys.draft"));
  reopen();
  EXPECT_EQ(state(1), KeyState::kDestroyed);
}

TEST_F(Rotation, NeverGivesANumberAgain) {
  rotate();
  ASSERT_THAT(become(1, KeyState::kRetired), Succeeds());
  ASSERT_THAT(become(1, KeyState::kDestroyed), Succeeds());
  reopen();
  EXPECT_EQ(rotate(), 3u);
  EXPECT_EQ(store_->unit_keys().size(), 3u);
}

TEST_F(Rotation, RemovesTheDraftOfAnAttemptThatWasCutShort) {
  close();
  std::filesystem::create_directory(store_path_ + "/keys.draft");
  std::ofstream(store_path_ + "/keys.draft/data.mdb") << "half a file";
  open();
  EXPECT_FALSE(std::filesystem::exists(store_path_ + "/keys.draft"));
}

TEST_F(Rotation, KnowsNoUnitAndNoVersionThatIsNotThere) {
  EXPECT_THAT(store_->make_version(Id{}, kNow), FailsWith(ErrorCode::kNotFound));
  EXPECT_THAT(become(2, KeyState::kActive), FailsWith(ErrorCode::kNotFound));
}

TEST(KeyState, ChangesInOneDirectionOnly) {
  const std::vector<KeyState> all = {KeyState::kPending, KeyState::kActive, KeyState::kReplaced,
                                     KeyState::kRetired, KeyState::kDestroyed};
  const std::vector<std::pair<KeyState, KeyState>> allowed = {
      {KeyState::kPending, KeyState::kActive},
      {KeyState::kReplaced, KeyState::kRetired},
      {KeyState::kRetired, KeyState::kDestroyed}};
  for (const KeyState from : all)
    for (const KeyState to : all)
      EXPECT_EQ(may_become(from, to), std::ranges::count(allowed, std::pair(from, to)) == 1)
          << name(from) << " -> " << name(to);
}

}  // namespace
}  // namespace kerros::keystore
