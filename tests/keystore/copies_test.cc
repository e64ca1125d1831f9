#include "crypto/random.h"
#include "keystore/record.h"
#include "raw_lmdb.h"
#include "store_fixture.h"

namespace kerros::keystore {
namespace {

constexpr UnixMillis kHour = 3'600'000;

class Copies : public StoreFixture {
 protected:
  Copies() { open(); }
  Intent intent(const Id& record, IntentKind kind = IntentKind::kCopy) {
    Intent one;
    one.id = crypto::time_ordered_id(clock_++);
    one.kind = kind;
    one.key = store_->find(record)->sealed.key;
    one.record = record;
    one.drive_id = "b!drive";
    one.name = "copy.docx";
    one.asked_by = "ada@example.org";
    one.created = clock_;
    one.expires = clock_ + kHour;
    return one;
  }
  Intent restore(const Id& record) {
    Intent one = intent(record, IntentKind::kRestore);
    one.item_id = store_->find(record)->binding.item_id;
    return one;
  }
  Intent seen(std::string_view item, const Id& record = {}) {
    Intent one;
    one.kind = IntentKind::kSeen;
    one.drive_id = "b!drive";
    one.item_id = item;
    one.record = record;
    if (record != Id{}) one.key = store_->find(record)->sealed.key;
    one.created = clock_;
    one.expires = clock_ + kHour;
    return one;
  }
  Status put_intent(const Intent& one) {
    return wait([&](Done done) { store_->put_intents({one}, clock_, std::move(done)); });
  }
  Status fulfil(const Intent& one, const Binding& binding) {
    return wait([&](Done done) { store_->fulfil(one, binding, clock_++, std::move(done)); });
  }
  Status put_seen(const Intent& one) {
    return wait([&](Done done) { store_->put_seen(one, std::move(done)); });
  }
  Status accept(const Intent& one) {
    return wait([&](Done done) { store_->accept_seen(one, clock_++, std::move(done)); });
  }
  std::unique_ptr<ItemRecord> newest(std::string_view item) {
    const KeyStore::ItemRef ref{"b!drive", item};
    return std::move(store_->newest_bound(std::span(&ref, 1))->front());
  }
  ItemState state(const Id& record) { return store_->find(record)->state; }
  Id copy_of(const Id& source, std::string_view item) {
    const Intent one = intent(source);
    EXPECT_THAT(put_intent(one), Succeeds());
    EXPECT_THAT(fulfil(one, binding(item)), Succeeds());
    return newest(item)->id;
  }
};

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
  const Intent waiting = intent(source);
  ASSERT_THAT(put_intent(waiting), Succeeds());
  const std::string before = describe(copy);
  const StoreHead head = store_->head();
  reopen();
  EXPECT_EQ(describe(copy), before);
  EXPECT_EQ(store_->head(), head);
  EXPECT_EQ(store_->intent_count(), 1u);
  EXPECT_EQ(store_->intents(source, clock_)->front().name, "copy.docx");
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

using Intents = Copies;

TEST_F(Intents, AreSpentOnce) {
  const Id source = put_and_bind("01A");
  const Intent one = intent(source);
  ASSERT_THAT(put_intent(one), Succeeds());
  ASSERT_THAT(fulfil(one, binding("01B")), Succeeds());
  EXPECT_THAT(fulfil(one, binding("01C")), FailsWith(ErrorCode::kNotFound));
  EXPECT_EQ(store_->intent_count(), 0u);
  EXPECT_TRUE(store_->versions("b!drive", "01C")->empty());
}

TEST_F(Intents, ExpireUnspent) {
  const Id source = put_and_bind("01A");
  const Intent one = intent(source);
  ASSERT_THAT(put_intent(one), Succeeds());
  clock_ = one.expires;
  EXPECT_TRUE(store_->intents(source, clock_)->empty());
  EXPECT_TRUE(store_->all_intents(clock_)->empty());
  EXPECT_THAT(fulfil(one, binding("01B")), FailsWith(ErrorCode::kNotFound));
  ASSERT_THAT(put_intent(intent(source)), Succeeds());
  EXPECT_EQ(store_->intent_count(), 1u) << "the expired one is forgotten";
}

TEST_F(Intents, HoldForOneDriveAndTheItemTheyArePinnedTo) {
  const Id source = put_and_bind("01A");
  const Intent one = intent(source);
  ASSERT_THAT(put_intent(one), Succeeds());
  const auto pin = [&](const char* item) {
    return wait([&](Done done) { store_->pin_intent(one, item, std::move(done)); });
  };
  ASSERT_THAT(pin("01B"), Succeeds());
  EXPECT_THAT(pin("01B"), Succeeds());
  EXPECT_THAT(pin("01C"), FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(fulfil(one, binding("01C")), FailsWith(ErrorCode::kConflict));
  Binding elsewhere = binding("01B");
  elsewhere.drive_id = "b!other";
  EXPECT_THAT(fulfil(one, elsewhere), FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(fulfil(one, binding("01B")), Succeeds());
}

TEST_F(Intents, ArePutAllOrNone) {
  const Id source = put_and_bind("01A");
  const Intent one = intent(source);
  const Intent two = intent(source);
  ASSERT_THAT(put_intent(one), Succeeds());
  EXPECT_THAT(wait([&](Done done) { store_->put_intents({two, one}, clock_, std::move(done)); }),
              FailsWith(ErrorCode::kConflict));
  EXPECT_EQ(store_->intents(source, clock_)->size(), 1u);
}

TEST_F(Intents, AreDroppedWhenUpstreamRefused) {
  const Id source = put_and_bind("01A");
  const Intent one = intent(source);
  ASSERT_THAT(put_intent(one), Succeeds());
  const auto drop = [&] {
    return wait([&](Done done) { store_->drop_intents({one}, std::move(done)); });
  };
  EXPECT_THAT(drop(), Succeeds());
  EXPECT_THAT(drop(), Succeeds());
  EXPECT_THAT(fulfil(one, binding("01B")), FailsWith(ErrorCode::kNotFound));
}

TEST_F(Intents, MakeARestoredVersionTheNewestOne) {
  const Id older = put_and_bind("01A");
  const Id newer = put_and_bind("01A");
  const Intent one = restore(older);
  ASSERT_THAT(put_intent(one), Succeeds());
  Binding now = binding("01A");
  now.ctag = "\"c:{1},3\"";
  ASSERT_THAT(fulfil(one, now), Succeeds());
  EXPECT_EQ(state(older), ItemState::kBound);
  EXPECT_EQ(state(newer), ItemState::kSuperseded);
  EXPECT_EQ(newest("01A")->id, older);
  EXPECT_EQ(newest("01A")->binding.ctag, now.ctag);
  EXPECT_EQ(store_->item_count(), 2u);
}

TEST_F(Intents, RestoreNothingThatTheItemNeverHad) {
  const Id other = put_and_bind("01B");
  Intent one = restore(other);
  one.item_id = "01A";
  ASSERT_THAT(put_intent(one), Succeeds());
  EXPECT_THAT(fulfil(one, binding("01A")), FailsWith(ErrorCode::kConflict));
}

TEST_F(Intents, EndWhereTheItemGotANewerVersion) {
  const Id first = put_and_bind("01A");
  put_and_bind("01A");
  const Intent one = restore(first);
  ASSERT_THAT(put_intent(one), Succeeds());
  ++clock_;
  const Id third = put_and_bind("01A");
  EXPECT_THAT(fulfil(one, binding("01A")), FailsWith(ErrorCode::kConflict));
  EXPECT_EQ(newest("01A")->id, third);
  EXPECT_EQ(state(first), ItemState::kSuperseded);
}

TEST_F(Intents, OfAMoveTakeTheFileFromWhereItWas) {
  const Id source = put_and_bind("01A");
  const Intent one = intent(source, IntentKind::kMove);
  ASSERT_THAT(put_intent(one), Succeeds());
  ASSERT_THAT(fulfil(one, binding("01B")), Succeeds());
  EXPECT_EQ(state(source), ItemState::kSuperseded);
  EXPECT_EQ(newest("01B")->sealed.key, source);
  EXPECT_EQ(newest("01A"), nullptr);
}

TEST_F(Intents, LieOnDiskWithoutNamesInTheClear) {
  const Id source = put_and_bind("01A");
  Intent one = intent(source);
  one.name = "a-name-to-look-for";
  ASSERT_THAT(put_intent(one), Succeeds());
  close();
  edit_rows(store_path_ + "/items", "intents", [](RawRows& rows) {
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_EQ(rows.begin()->second.find("a-name"), std::string::npos);
  });
}

TEST_F(Intents, AreRefusedAtStartWhenChangedRemovedOrPutBack) {
  const Id source = put_and_bind("01A");
  const Intent one = intent(source);
  ASSERT_THAT(put_intent(one), Succeeds());
  close();
  RawRows kept;
  edit_rows(store_path_ + "/items", "intents", [&](RawRows& rows) {
    kept = rows;
    rows.begin()->second[3] ^= 1;
  });
  EXPECT_THAT(try_open(), FailsWith(ErrorCode::kNotAuthentic));
  edit_rows(store_path_ + "/items", "intents", [&](RawRows& rows) { rows.clear(); });
  EXPECT_THAT(try_open(), FailsWith(ErrorCode::kNotAuthentic));
  edit_rows(store_path_ + "/items", "intents", [&](RawRows& rows) { rows = kept; });
  open();
  ASSERT_THAT(fulfil(one, binding("01B")), Succeeds());
  close();
  edit_rows(store_path_ + "/items", "intents", [&](RawRows& rows) { rows = kept; });
  EXPECT_THAT(try_open(), FailsWith(ErrorCode::kNotAuthentic)) << "a spent intent came back";
}

using Acceptance = Copies;

TEST_F(Acceptance, BringsAnOlderVersionBackOnce) {
  const Id older = put_and_bind("01A");
  const Id newer = put_and_bind("01A");
  const Intent one = seen("01A", older);
  ASSERT_THAT(put_seen(one), Succeeds());
  ASSERT_THAT(store_->find_seen("b!drive", "01A"), Succeeds());
  ASSERT_THAT(accept(one), Succeeds());
  EXPECT_EQ(newest("01A")->id, older);
  EXPECT_EQ(state(newer), ItemState::kSuperseded);
  EXPECT_THAT(accept(one), FailsWith(ErrorCode::kNotFound));
  EXPECT_THAT(store_->find_seen("b!drive", "01A"), FailsWith(ErrorCode::kNotFound));
}

TEST_F(Acceptance, GivesAForeignCopyItsRecord) {
  const Id source = put_and_bind("01A");
  const Intent one = seen("01B", source);
  ASSERT_THAT(put_seen(one), Succeeds());
  ASSERT_THAT(accept(one), Succeeds());
  EXPECT_EQ(newest("01B")->sealed.key, source);
  EXPECT_EQ(newest("01A")->id, source);
}

TEST_F(Acceptance, OfPlainBytesEndsWhatWasSealed) {
  const Id source = put_and_bind("01A");
  ASSERT_THAT(put_seen(seen("01A")), Succeeds());
  ASSERT_THAT(accept(seen("01A")), Succeeds());
  EXPECT_EQ(state(source), ItemState::kSuperseded);
}

TEST_F(Acceptance, IsOfExactlyWhatWasRefusedLast) {
  const Id oldest = put_and_bind("01A");
  const Id older = put_and_bind("01A");
  put_and_bind("01A");
  const Intent first = seen("01A", older);
  ASSERT_THAT(put_seen(first), Succeeds());
  ASSERT_THAT(put_seen(seen("01A", oldest)), Succeeds());
  EXPECT_THAT(accept(first), FailsWith(ErrorCode::kConflict));
  EXPECT_EQ(store_->find_seen("b!drive", "01A")->record, oldest);
  EXPECT_EQ(store_->intent_count(), 0u) << "what was refused is no intent";
}

TEST_F(Acceptance, CostsNoWriteWhenTheSameIsRefusedAgain) {
  const Id source = put_and_bind("01A");
  ASSERT_THAT(put_seen(seen("01B", source)), Succeeds());
  const std::uint64_t before = store_->head().sequence;
  ASSERT_THAT(put_seen(seen("01B", source)), Succeeds());
  EXPECT_EQ(store_->head().sequence, before);
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
