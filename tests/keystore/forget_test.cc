// Who wrote, and what it was called, leave the records at an age; the files stay as they are.
#include "store_fixture.h"

namespace kerros::keystore {
namespace {

class Forgetting : public StoreFixture {
 protected:
  Forgetting() { open(); }
  std::uint64_t forget(UnixMillis before) {
    std::uint64_t records = 0;
    for (Id after{};;) {
      const auto slice = store_->forget_people(before, after);
      EXPECT_THAT(slice, Succeeds());
      if (!slice) return records;
      records += slice->records;
      if (slice->complete) return records;
      after = slice->last;
    }
  }
  ItemRecord record(const Id& key) { return store_->find(key).value(); }
};

TEST_F(Forgetting, TakesOutWhoWroteAndNothingElse) {
  const Id key = put_and_bind("01A");
  const ItemRecord before = record(key);
  ASSERT_FALSE(before.created_by.empty());
  EXPECT_EQ(forget(clock_ + 1'000'000), 1u);
  const ItemRecord after = record(key);
  EXPECT_EQ(after.created_by, "");
  EXPECT_EQ(after.binding.name, before.binding.name) << "the present name is no memory";
  EXPECT_EQ(after.binding.item_id, "01A");
  EXPECT_EQ(after.sealed.wrapped, before.sealed.wrapped);
  EXPECT_THAT(store_->unlock(after.sealed), Succeeds());
  EXPECT_EQ(forget(clock_ + 1'000'000), 0u) << "there is nothing left to forget";
}

TEST_F(Forgetting, TakesOutTheNamesOfVersionsThatArePast) {
  const Id older = put_and_bind("01A");
  const Id newer = put_and_bind("01A");
  ASSERT_EQ(record(older).state, ItemState::kSuperseded);
  EXPECT_EQ(forget(clock_ + 1'000'000), 2u);
  EXPECT_EQ(record(older).binding.name, "");
  EXPECT_EQ(record(older).binding.path, "");
  EXPECT_NE(record(newer).binding.name, "");
}

TEST_F(Forgetting, LeavesWhatIsYounger) {
  const Id key = put_and_bind("01A");
  EXPECT_EQ(forget(record(key).created), 0u);
  EXPECT_NE(record(key).created_by, "");
}

TEST_F(Forgetting, GoesOnThroughMoreThanOneWrite) {
  for (int i = 0; i < 1200; ++i) ASSERT_THAT(put(new_record()), Succeeds());
  EXPECT_EQ(forget(clock_ + 1'000'000), 1200u);
}

TEST_F(Forgetting, IsAChangeThatTheHeadKnows) {
  const Id key = put_and_bind("01A");
  const auto before = store_->head().sequence;
  forget(clock_ + 1'000'000);
  EXPECT_GT(store_->head().sequence, before);
  reopen();
  EXPECT_EQ(record(key).created_by, "");
}

}  // namespace
}  // namespace kerros::keystore
