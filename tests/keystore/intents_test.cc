#include "copies_fixture.h"
#include "raw_lmdb.h"

namespace kerros::keystore {
namespace {

using Intents = CopiesFixture;

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
  EXPECT_TRUE(waiting(source).empty());
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
  EXPECT_THAT(put_intents({two, one}), FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(put_intents({two, two}), FailsWith(ErrorCode::kConflict));
  EXPECT_EQ(waiting(source).size(), 1u);
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

TEST_F(Intents, OfAMoveLeaveTheSourceItsRecord) {
  const Id source = put_and_bind("01A");
  const Intent one = intent(source, IntentKind::kMove);
  ASSERT_THAT(put_intent(one), Succeeds());
  ASSERT_THAT(fulfil(one, binding("01B")), Succeeds());
  EXPECT_EQ(newest("01B")->sealed.key, source);
  // Bytes that are not sealed stay a downgrade there: the cloud may not have moved it at all.
  EXPECT_EQ(newest("01A")->sealed.key, source);
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

// A folder of many files was copied: each item that is listed is held against its own file's alone.
TEST_F(Intents, CostAListedItemNothingWhereTheyAreForOtherFiles) {
  const Id source = put_and_bind("01A");
  const Intent one = intent(source);
  ASSERT_THAT(put_intent(one), Succeeds());
  std::vector<Intent> others;
  for (std::size_t i = 0; i < kMostIntentsAtOnce; ++i)
    others.push_back(intent(put_other_file("02" + std::to_string(i))));
  ASSERT_THAT(put_intents(others), Succeeds());
  EXPECT_EQ(store_->intent_count(), kMostIntentsAtOnce + 1);
  ASSERT_EQ(waiting(source).size(), 1u);
  EXPECT_EQ(waiting(source).front().id, one.id);
  reopen();
  ASSERT_EQ(waiting(source).size(), 1u);
  EXPECT_EQ(waiting(source).front().id, one.id);
}

TEST_F(Intents, AreToldForTheItemThatTheyArePinnedTo) {
  const Id source = put_and_bind("01A");
  const Intent one = intent(source);
  const Intent two = intent(source);
  ASSERT_THAT(put_intents({one, two}), Succeeds());
  ASSERT_THAT(wait([&](Done done) { store_->pin_intent(one, "01B", std::move(done)); }),
              Succeeds());
  EXPECT_EQ(waiting(source, "01B").size(), 2u);
  ASSERT_EQ(waiting(source, "01C").size(), 1u);
  EXPECT_EQ(waiting(source, "01C").front().id, two.id);
  EXPECT_EQ(waiting(source, "01B").front().item_id, "01B");
  Intent elsewhere = one;
  elsewhere.drive_id = "b!other";
  EXPECT_TRUE(
      store_->intents_for(store_->find(source)->binding.sealed_hash, "b!other", "01B", clock_)
          .empty());
}

using IntentBounds = CopiesFixture;

TEST_F(IntentBounds, HoldForOneFile) {
  const Id source = put_and_bind("01A");
  std::vector<Intent> some;
  for (std::size_t i = 0; i < kMostIntentsForAFile; ++i) some.push_back(intent(source));
  ASSERT_THAT(put_intents(some), Succeeds());
  EXPECT_THAT(put_intent(intent(source)), FailsWith(ErrorCode::kFull));
  EXPECT_EQ(store_->intent_count(), kMostIntentsForAFile);
  // One that was told for its item is not looked at for any other.
  EXPECT_THAT(put_intent(restore(source)), Succeeds());
  ASSERT_THAT(wait([&](Done done) { store_->pin_intent(some[0], "01B", std::move(done)); }),
              Succeeds());
  EXPECT_THAT(put_intent(intent(source)), Succeeds());
}

TEST_F(IntentBounds, HoldForOnePersonAndForAll) {
  const Id source = put_and_bind("01A");
  // Pinned ones, so that one file is enough.
  const auto fill = [&](const std::string& who, std::size_t count) {
    for (std::size_t put = 0; put < count;) {
      std::vector<Intent> some;
      for (; put < count && some.size() < kMostIntentsAtOnce; ++put) {
        some.push_back(restore(source));
        some.back().asked_by = who;
      }
      ASSERT_THAT(put_intents(some), Succeeds());
    }
  };
  const auto one_of = [&](const std::string& who) {
    Intent one = restore(source);
    one.asked_by = who;
    return one;
  };
  fill("ada@example.org", kMostIntentsOfOne);
  EXPECT_THAT(put_intent(one_of("ada@example.org")), FailsWith(ErrorCode::kFull));
  EXPECT_THAT(store_->intents_fit(std::vector{one_of("ada@example.org")}, clock_),
              FailsWith(ErrorCode::kFull));
  EXPECT_THAT(put_intent(one_of("grace@example.org")), Succeeds());
  for (std::size_t left = kMostIntents - kMostIntentsOfOne - 1, who = 0; left > 0; ++who) {
    const std::size_t count = std::min(left, kMostIntentsOfOne);
    fill("user" + std::to_string(who) + "@example.org", count);
    left -= count;
  }
  EXPECT_THAT(put_intent(one_of("grace@example.org")), FailsWith(ErrorCode::kFull));
  clock_ += 2 * kHour;
  EXPECT_THAT(put_intent(one_of("ada@example.org")), Succeeds()) << "expired ones do not count";
}

TEST_F(IntentBounds, KeepTransactionsShort) {
  const Id source = put_and_bind("01A");
  std::vector<Intent> some;
  for (std::size_t i = 0; i <= kMostIntentsAtOnce; ++i) some.push_back(restore(source));
  EXPECT_THAT(put_intents(some), FailsWith(ErrorCode::kConflict));
  EXPECT_EQ(store_->intent_count(), 0u);
}

}  // namespace
}  // namespace kerros::keystore
