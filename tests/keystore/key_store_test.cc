#include "keystore/key_store.h"

#include <fstream>
#include <iterator>

#include "store_fixture.h"

namespace kerros::keystore {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Store : public StoreFixture {
 protected:
  Store() { open(); }
};
using StoreCreation = StoreFixture;
using StoreOpening = StoreFixture;

TEST_F(StoreCreation, RefusesADirectoryThatHoldsOne) {
  const auto before = try_open()->get()->tenant();
  EXPECT_THAT(KeyStore::create({store_path_, "x", KeyFile{key_file_}, kNow}),
              FailsWith(ErrorCode::kConflict));
  EXPECT_EQ(try_open()->get()->tenant(), before);
}

TEST_F(StoreCreation, LeavesNothingWhenTheKeyFileIsMissing) {
  EXPECT_THAT(KeyStore::create({dir_ / "other", "x", KeyFile{dir_ / "none"}, kNow}),
              FailsWith(ErrorCode::kNotFound));
  EXPECT_FALSE(std::filesystem::exists(dir_ / "other"));
  for (const auto& entry : std::filesystem::directory_iterator(dir_.path()))
    EXPECT_THAT(entry.path().string(), testing::Not(HasSubstr("draft")));
}

TEST_F(StoreCreation, GivesTheFirstUnitAnActiveKey) {
  open();
  const auto units = store_->unit_keys();
  ASSERT_EQ(units.size(), 1u);
  EXPECT_EQ(units[0].unit_name, "Salassa");
  EXPECT_EQ(units[0].version, 1u);
  EXPECT_EQ(units[0].state, KeyState::kActive);
  EXPECT_EQ(store_->active_key(units[0].unit)->kek, units[0].kek);
  EXPECT_THAT(store_->active_key(Id{}), FailsWith(ErrorCode::kNotFound));
}

TEST_F(StoreOpening, RefusesASecondTime) {
  open();
  const auto second = try_open();
  ASSERT_THAT(second, FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(second.error().detail, HasSubstr("another process has this store open"));
}

TEST_F(StoreOpening, RefusesASecondStoreOnTheSameSessions) {
  open();
  ASSERT_THAT(KeyStore::create({dir_ / "second", "x", KeyFile{key_file_}, kNow}), Succeeds());
  StoreParams second = params();
  second.directory = dir_ / "second";
  EXPECT_THAT(KeyStore::open(second, KeyFile{key_file_}), FailsWith(ErrorCode::kConflict));
}

TEST_F(StoreOpening, SaysWhenThereIsNoStore) {
  StoreParams missing = params();
  missing.directory = dir_ / "missing";
  EXPECT_THAT(KeyStore::open(missing, KeyFile{key_file_}), FailsWith(ErrorCode::kNotFound));
}

TEST_F(Store, FindsWhatWasPutAfterReopening) {
  const ItemRecord record = new_record();
  ASSERT_THAT(put(record), Succeeds());
  const std::string before = describe(record.sealed.key);
  reopen();
  EXPECT_EQ(describe(record.sealed.key), before);
  const auto found = store_->find(record.sealed.key);
  ASSERT_THAT(found, Succeeds());
  EXPECT_EQ(found->sealed.header, record.sealed.header);
  EXPECT_EQ(found->sealed.salt, record.sealed.salt);
  EXPECT_EQ(found->sealed.commitment, record.sealed.commitment);
  EXPECT_EQ(found->state, ItemState::kPending);
  EXPECT_EQ(store_->item_count(), 1u);
}

TEST_F(Store, NeverOverwritesAKey) {
  const ItemRecord record = new_record();
  ASSERT_THAT(put(record), Succeeds());
  const auto head = store_->head();
  ItemRecord other = record;
  other.created_by = "eve@example.org";
  EXPECT_THAT(put(other), FailsWith(ErrorCode::kConflict));
  EXPECT_EQ(store_->find(record.sealed.key)->created_by, "ada@example.org");
  EXPECT_EQ(store_->head(), head);
}

TEST_F(Store, PutsPendingRecordsOnly) {
  ItemRecord record = new_record();
  record.state = ItemState::kBound;
  EXPECT_THAT(put(record), FailsWith(ErrorCode::kConflict));
}

TEST_F(Store, BindsAPendingRecordOnce) {
  const ItemRecord record = new_record();
  ASSERT_THAT(put(record), Succeeds());
  ASSERT_THAT(bind(record.sealed.key, binding("01A")), Succeeds());
  EXPECT_THAT(bind(record.sealed.key, binding("01B")), FailsWith(ErrorCode::kNotFound));
  EXPECT_THAT(bind(Id{}, binding("01B")), FailsWith(ErrorCode::kNotFound));
  const auto found = store_->find(record.sealed.key);
  ASSERT_THAT(found, Succeeds());
  EXPECT_EQ(found->state, ItemState::kBound);
  EXPECT_EQ(found->binding.item_id, "01A");
  EXPECT_EQ(found->bound, clock_);
  EXPECT_TRUE(store_->versions("b!drive", "01B")->empty());
}

TEST_F(Store, SupersedesOlderVersionsWhenTheNewestIsBound) {
  const Id first = put_and_bind("01A");
  const Id other = put_and_bind("01B");
  const Id second = put_and_bind("01A");
  EXPECT_EQ(store_->find(first)->state, ItemState::kSuperseded);
  EXPECT_EQ(store_->find(other)->state, ItemState::kBound);
  EXPECT_EQ(store_->find(second)->state, ItemState::kBound);
  const auto versions = store_->versions("b!drive", "01A");
  ASSERT_THAT(versions, Succeeds());
  ASSERT_EQ(versions->size(), 2u);
  EXPECT_EQ(versions->at(0).sealed.key, second);
  EXPECT_EQ(versions->at(1).sealed.key, first);
}

TEST_F(Store, LeavesOlderVersionsWhenTheBoundOneIsNotTheNewest) {
  const ItemRecord late = new_record();
  ASSERT_THAT(put(late), Succeeds());
  const Id current = put_and_bind("01A");
  ASSERT_THAT(bind(late.sealed.key, binding("01A"), false, ItemState::kSuperseded), Succeeds());
  EXPECT_EQ(store_->find(current)->state, ItemState::kBound);
}

TEST_F(Store, AnswersForManyItemsInTheOrderAsked) {
  const Id a = put_and_bind("01A");
  const Id b = put_and_bind("01B");
  const KeyStore::ItemRef refs[] = {
      {"b!drive", "01B"}, {"b!drive", "01X"}, {"b!drive", "01A"}, {"b!other", "01A"}};
  const auto found = store_->newest_bound(refs);
  ASSERT_THAT(found, Succeeds());
  ASSERT_EQ(found->size(), 4u);
  EXPECT_EQ(found->at(0)->sealed.key, b);
  EXPECT_EQ(found->at(1), nullptr);
  EXPECT_EQ(found->at(2)->sealed.key, a);
  EXPECT_EQ(found->at(3), nullptr);
}

TEST_F(Store, DoesNotConfuseNamesThatJoinToTheSameText) {
  Binding split = binding("BC");
  split.drive_id = "A";
  const ItemRecord record = new_record();
  ASSERT_THAT(put(record), Succeeds());
  ASSERT_THAT(bind(record.sealed.key, split), Succeeds());
  EXPECT_EQ(store_->versions("A", "BC")->size(), 1u);
  EXPECT_TRUE(store_->versions("AB", "C")->empty());
}

TEST_F(Store, MovesStatesOnlyAlongTheirRoads) {
  const ItemRecord record = new_record();
  const Id key = record.sealed.key;
  ASSERT_THAT(put(record), Succeeds());
  EXPECT_THAT(set_state(key, ItemState::kPending, ItemState::kBound),
              FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(set_state(key, ItemState::kBound, ItemState::kSuspect),
              FailsWith(ErrorCode::kConflict));
  ASSERT_THAT(set_state(key, ItemState::kPending, ItemState::kVoid), Succeeds());
  EXPECT_THAT(set_state(key, ItemState::kVoid, ItemState::kBound), FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(bind(key, binding("01A")), FailsWith(ErrorCode::kNotFound));
  EXPECT_THAT(set_state(Id{}, ItemState::kBound, ItemState::kSuspect),
              FailsWith(ErrorCode::kNotFound));

  const Id bound = put_and_bind("01A");
  ASSERT_THAT(set_state(bound, ItemState::kBound, ItemState::kSuspect), Succeeds());
  EXPECT_EQ(store_->find(bound)->state, ItemState::kSuspect);
}

TEST_F(Store, ScansInPagesWithoutGapOrRepeat) {
  std::vector<Id> keys;
  for (int i = 0; i < 600; ++i) {
    const ItemRecord record = new_record();
    keys.push_back(record.sealed.key);
    store_->put_pending(record, [](Status) {});
  }
  ASSERT_THAT(store_->check_writable(), Succeeds());
  std::vector<Id> seen;
  Id after{};
  for (;;) {
    const auto page = store_->scan(after, 100, {});
    ASSERT_THAT(page, Succeeds());
    if (page->empty()) break;
    EXPECT_LE(page->size(), 100u);
    for (const auto& record : *page) seen.push_back(record.sealed.key);
    after = seen.back();
  }
  EXPECT_EQ(seen, keys);
  EXPECT_EQ(store_->scan(Id{}, 1000, {})->size(), 600u);
}

TEST_F(Store, ScansWhatTheFilterSays) {
  const Id first = put_and_bind("01A");
  const Id second = put_and_bind("01A");
  put_and_bind("01B");
  ASSERT_THAT(put(new_record()), Succeeds());
  ScanFilter filter;
  filter.item_id = "01A";
  EXPECT_EQ(store_->scan(Id{}, 10, filter)->size(), 2u);
  filter.all_states = false;
  const auto current = store_->scan(Id{}, 10, filter);
  ASSERT_EQ(current->size(), 1u);
  EXPECT_EQ(current->at(0).sealed.key, second);
  EXPECT_EQ(store_->scan(first, 1, {})->at(0).sealed.key, second);
}

TEST_F(Store, RefusesAKeyWhoseRecordWasMixed) {
  const ItemRecord a = new_record();
  const ItemRecord b = new_record();
  SealedKey mixed = a.sealed;
  mixed.wrapped = b.sealed.wrapped;
  EXPECT_THAT(store_->unlock(mixed), FailsWith(ErrorCode::kNotAuthentic));
  mixed = a.sealed;
  mixed.commitment[0] ^= 1;
  EXPECT_THAT(store_->unlock(mixed), FailsWith(ErrorCode::kNotAuthentic));
  mixed = a.sealed;
  mixed.kek_version = 2;
  EXPECT_THAT(store_->unlock(mixed), FailsWith(ErrorCode::kNotFound));
  EXPECT_THAT(store_->unlock(a.sealed), Succeeds());
}

TEST_F(Store, CountsKeysInUseAndTakesThemBack) {
  const ItemRecord record = new_record();
  std::vector<crypto::SecretPool::Slot> slots;
  for (int i = 0; i < 64; ++i) slots.push_back(std::move(*store_->unlock(record.sealed)));
  EXPECT_THAT(store_->unlock(record.sealed), FailsWith(ErrorCode::kFull));
  slots.clear();
  EXPECT_THAT(store_->unlock(record.sealed), Succeeds());
}

TEST_F(Store, AdvancesTheHeadWithEveryChangeAndKeepsItOverRestarts) {
  const StoreHead empty = store_->head();
  ASSERT_THAT(put(new_record()), Succeeds());
  const StoreHead one = store_->head();
  EXPECT_GT(one.sequence, empty.sequence);
  EXPECT_NE(one.set_hash, empty.set_hash);
  ASSERT_THAT(store_->check_writable(), Succeeds());
  const StoreHead two = store_->head();
  EXPECT_EQ(two.sequence, one.sequence + 1);
  reopen();
  EXPECT_EQ(store_->head(), two);
}

TEST_F(Store, DerivesKeysThatDependOnPurposeAndContext) {
  using crypto::Purpose;
  const auto a = store_->derived_key(Purpose::kUrlToken, as_bytes("1"));
  const auto b = store_->derived_key(Purpose::kUrlToken, as_bytes("2"));
  const auto c = store_->derived_key(Purpose::kAuditSeal, as_bytes("1"));
  const auto again = store_->derived_key(Purpose::kUrlToken, as_bytes("1"));
  EXPECT_TRUE(crypto::equal_constant_time(a->reveal(), again->reveal()));
  EXPECT_FALSE(crypto::equal_constant_time(a->reveal(), b->reveal()));
  EXPECT_FALSE(crypto::equal_constant_time(a->reveal(), c->reveal()));
}

TEST_F(Store, KeepsLongNames) {
  Binding long_names = binding("01A", std::string(400, 'n'));
  long_names.path = std::string(9000, 'p');  // longer than a page of the database
  const ItemRecord record = new_record();
  ASSERT_THAT(put(record), Succeeds());
  ASSERT_THAT(bind(record.sealed.key, long_names), Succeeds());
  reopen();
  EXPECT_EQ(store_->find(record.sealed.key)->binding.path, long_names.path);
}

TEST_F(Store, HoldsNoNameAndNoKeyInTheClear) {
  put_and_bind("01CANARYITEM");
  const ItemRecord record = new_record("canary.user@example.org");
  ASSERT_THAT(put(record), Succeeds());
  const std::string key(as_text(store_->unlock(record.sealed)->reveal()));
  close();
  for (const auto& entry : std::filesystem::recursive_directory_iterator(store_path_)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(file)), {});
    for (const std::string& canary : {std::string("CANARYITEM"), std::string("canary.user"),
                                      std::string("Salassa"), std::string("report.docx"), key})
      EXPECT_EQ(bytes.find(canary), std::string::npos) << entry.path();
  }
}

}  // namespace
}  // namespace kerros::keystore
