#include "copies_fixture.h"

namespace kerros::keystore {
namespace {

using Acceptance = CopiesFixture;

TEST_F(Acceptance, BringsAnOlderVersionBackOnce) {
  const Id older = put_and_bind("01A");
  const Id newer = put_and_bind("01A");
  const Intent one = seen("01A", older);
  ASSERT_THAT(put_seen(one), Succeeds());
  ASSERT_THAT(store_->find_seen("b!drive", "01A", clock_), Succeeds());
  ASSERT_THAT(accept(one), Succeeds());
  EXPECT_EQ(newest("01A")->id, older);
  EXPECT_EQ(state(newer), ItemState::kSuperseded);
  EXPECT_THAT(accept(one), FailsWith(ErrorCode::kNotFound));
  EXPECT_THAT(store_->find_seen("b!drive", "01A", clock_), FailsWith(ErrorCode::kNotFound));
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
  EXPECT_EQ(store_->find_seen("b!drive", "01A", clock_)->record, oldest);
  EXPECT_EQ(store_->intent_count(), 0u) << "what was refused is no intent";
}

TEST_F(Acceptance, CostsNoWriteWhenTheSameIsRefusedAgain) {
  const Id source = put_and_bind("01A");
  ASSERT_THAT(put_seen(seen("01B", source)), Succeeds());
  const std::uint64_t before = store_->head().sequence;
  ASSERT_THAT(put_seen(seen("01B", source)), Succeeds());
  EXPECT_EQ(store_->head().sequence, before);
}

TEST_F(Acceptance, IsNotOfWhatWasRefusedBeforeThePresentVersion) {
  const Id older = put_and_bind("01A");
  put_and_bind("01A");
  const Intent one = seen("01A", older);
  ASSERT_THAT(put_seen(one), Succeeds());
  ++clock_;
  const Id present = put_and_bind("01A");
  EXPECT_THAT(store_->find_seen("b!drive", "01A", clock_), FailsWith(ErrorCode::kNotFound));
  EXPECT_THAT(accept(one), FailsWith(ErrorCode::kConflict));
  ASSERT_THAT(set_state(present, ItemState::kBound, ItemState::kSuspect), Succeeds());
  EXPECT_THAT(store_->find_seen("b!drive", "01A", clock_), FailsWith(ErrorCode::kNotFound));
  ++clock_;
  ASSERT_THAT(put_seen(seen("01A", older)), Succeeds()) << "refused again, and remembered anew";
  EXPECT_THAT(accept(seen("01A", older)), Succeeds());
}

TEST_F(Acceptance, ExpiresUnused) {
  const Id source = put_and_bind("01A");
  const Intent one = seen("01B", source);
  ASSERT_THAT(put_seen(one), Succeeds());
  clock_ = one.expires;
  EXPECT_THAT(store_->find_seen("b!drive", "01B", clock_), FailsWith(ErrorCode::kNotFound));
  EXPECT_THAT(accept(one), FailsWith(ErrorCode::kConflict));
}

TEST_F(Acceptance, IsOfABoundedNumberOfItems) {
  const Id source = put_and_bind("01A");
  std::vector<std::promise<Status>> answers(kMostSeen);
  for (std::size_t i = 0; i < kMostSeen; ++i)
    store_->put_seen(seen("02" + std::to_string(i), source),
                     [&, i](Status status) { answers[i].set_value(std::move(status)); });
  for (auto& answer : answers) ASSERT_THAT(answer.get_future().get(), Succeeds());
  EXPECT_THAT(put_seen(seen("03", source)), FailsWith(ErrorCode::kFull));
  EXPECT_THAT(put_seen(seen("020")), Succeeds()) << "that item stands there already";
  clock_ += 2 * kHour;
  EXPECT_THAT(put_seen(seen("03", source)), Succeeds());
}

}  // namespace
}  // namespace kerros::keystore
