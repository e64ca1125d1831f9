#include "copies_fixture.h"
#include "raw_lmdb.h"

namespace kerros::keystore {
namespace {

using Copies = CopiesFixture;

TEST_F(Copies, HaveARecordOfTheirOwnUnderTheSameKey) {
  const Id source = put_and_bind("01A");
  const Id copy = copy_of(source, "01B");
  EXPECT_NE(copy, source);
  EXPECT_EQ(store_->find(copy)->sealed.key, source);
  EXPECT_EQ(store_->find(copy)->sealed.wrapped, store_->find(source)->sealed.wrapped);
  EXPECT_EQ(store_->find(copy)->binding.plain_size, 5u);
  EXPECT_EQ(state(source), ItemState::kBound);
  EXPECT_EQ(store_->item_count(), 2u);
  EXPECT_EQ(store_->bindings(source)->size(), 2u);
  EXPECT_TRUE(store_->bindings(copy)->empty());
}

TEST_F(Copies, OpenWithTheKeyOfTheirSource) {
  const Id copy = copy_of(put_and_bind("01A"), "01B");
  EXPECT_THAT(store_->unlock(store_->find(copy)->sealed), Succeeds());
}

TEST_F(Copies, GoTheirOwnWay) {
  const Id source = put_and_bind("01A");
  const Id copy = copy_of(source, "01B");
  put_and_bind("01A");
  EXPECT_EQ(state(source), ItemState::kSuperseded);
  EXPECT_EQ(state(copy), ItemState::kBound);
  EXPECT_THAT(set_state(copy, ItemState::kBound, ItemState::kSuspect), Succeeds());
  EXPECT_EQ(state(source), ItemState::kSuperseded);
}

TEST_F(Copies, OfCopiesAreListedUnderTheOneKey) {
  const Id source = put_and_bind("01A");
  const Id second = copy_of(copy_of(source, "01B"), "01C");
  EXPECT_EQ(store_->find(second)->sealed.key, source);
  EXPECT_EQ(store_->bindings(source)->size(), 3u);
  EXPECT_EQ(store_->scan(Id{}, 10, {})->size(), 3u);
}

TEST_F(Copies, OutliveARestart) {
  const Id source = put_and_bind("01A");
  const Id copy = copy_of(source, "01B");
  const Intent open_one = intent(source);
  ASSERT_THAT(put_intent(open_one), Succeeds());
  const std::string before = describe(copy);
  const StoreHead head = store_->head();
  reopen();
  EXPECT_EQ(describe(copy), before);
  EXPECT_EQ(store_->head(), head);
  EXPECT_EQ(store_->intent_count(), 1u);
  EXPECT_EQ(waiting(source).front().name, "copy.docx");
}

TEST_F(Copies, ReplaceWhatTheItemHeld) {
  const Id source = put_and_bind("01A");
  const Id held = put_and_bind("01B");
  copy_of(source, "01B");
  EXPECT_EQ(state(held), ItemState::kSuperseded);
}

TEST_F(Copies, AreNotMadeOfWhatCannotBeRead) {
  const Id source = put_and_bind("01A");
  const Intent one = intent(source);
  ASSERT_THAT(put_intent(one), Succeeds());
  ASSERT_THAT(set_state(source, ItemState::kBound, ItemState::kSuspect), Succeeds());
  EXPECT_THAT(fulfil(one, binding("01B")), FailsWith(ErrorCode::kConflict));
  EXPECT_TRUE(store_->versions("b!drive", "01B")->empty());
  EXPECT_EQ(store_->intent_count(), 1u);
}

TEST_F(Copies, KeepADraftApartFromWhatIsPublished) {
  const ItemRecord record = new_record();
  ASSERT_THAT(put(record), Succeeds());
  Binding draft = binding("01A");
  draft.draft = true;
  ASSERT_THAT(bind(record.sealed.key, draft), Succeeds());
  reopen();
  EXPECT_TRUE(store_->find(record.sealed.key)->binding.draft);
  draft.draft = false;
  draft.name = "other.docx";
  ASSERT_THAT(wait([&](Done done) { store_->refresh(record.sealed.key, draft, std::move(done)); }),
              Succeeds());
  EXPECT_FALSE(store_->find(record.sealed.key)->binding.draft);
  EXPECT_EQ(store_->find(record.sealed.key)->binding.name, "other.docx");
}

TEST_F(Copies, AreNotRenamedIntoAnotherItem) {
  const Id source = put_and_bind("01A");
  EXPECT_THAT(wait([&](Done done) { store_->refresh(source, binding("01B"), std::move(done)); }),
              FailsWith(ErrorCode::kConflict));
}

// A store from before copies were followed has no such database.
TEST_F(Copies, CanBeMadeInAStoreThatIsOlderThanThey) {
  const Id source = put_and_bind("01A");
  close();
  MDB_env* env = nullptr;
  MDB_txn* txn = nullptr;
  MDB_dbi dbi = 0;
  mdb_env_create(&env);
  mdb_env_set_maxdbs(env, 8);
  ASSERT_EQ(mdb_env_open(env, (store_path_ + "/items").c_str(), 0, 0600), 0);
  ASSERT_EQ(mdb_txn_begin(env, nullptr, 0, &txn), 0);
  ASSERT_EQ(mdb_dbi_open(txn, "intents", 0, &dbi), 0);
  ASSERT_EQ(mdb_drop(txn, dbi, 1), 0);
  ASSERT_EQ(mdb_txn_commit(txn), 0);
  mdb_env_close(env);
  open();
  EXPECT_EQ(describe(source).find("not authentic"), std::string::npos);
  EXPECT_EQ(store_->find(copy_of(source, "01B"))->sealed.key, source);
  reopen();
  EXPECT_EQ(newest("01B")->sealed.key, source);
}

}  // namespace
}  // namespace kerros::keystore
