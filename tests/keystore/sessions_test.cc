
#include <fstream>

#include "store_fixture.h"

namespace kerros::keystore {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class SessionStore : public StoreFixture {
 protected:
  SessionStore() { open(); }

  SessionRecord session(std::uint8_t number, UnixMillis expires = kNow) {
    SessionRecord record;
    record.session.fill(number);
    record.sealed = new_record().sealed;
    record.expires = expires;
    record.state = {1, 2, 3, number};
    return record;
  }
  Status put(const SessionRecord& record) {
    return wait([&](Done done) { store_->put_session(record, std::move(done)); });
  }
  Status update(const SessionRecord& record, std::uint64_t tags_below = 0) {
    return wait([&](Done done) { store_->update_session(record, tags_below, std::move(done)); });
  }
  // One byte stands for each 16-byte tag.
  Status claim(const Id& id, std::uint64_t first, std::string_view tags) {
    Bytes bytes;
    for (const char tag : tags) bytes.insert(bytes.end(), 16, static_cast<std::uint8_t>(tag));
    return wait([&](Done done) { store_->claim_tags(id, first, bytes, std::move(done)); });
  }
  Status erase(const Id& id) {
    return wait([&](Done done) { store_->erase_session(id, std::move(done)); });
  }
};

TEST_F(SessionStore, KeepsARecordOverARestart) {
  const SessionRecord record = session(1);
  ASSERT_THAT(put(record), Succeeds());
  reopen();
  const auto found = store_->find_session(record.session);
  ASSERT_THAT(found, Succeeds());
  EXPECT_EQ(found->state, record.state);
  EXPECT_EQ(found->expires, record.expires);
  EXPECT_EQ(found->sealed.key, record.sealed.key);
  EXPECT_EQ(found->sealed.salt, record.sealed.salt);
  EXPECT_THAT(store_->unlock(found->sealed), Succeeds());
}

TEST_F(SessionStore, PutsOnceAndUpdatesWhatExists) {
  SessionRecord record = session(1);
  EXPECT_THAT(update(record), FailsWith(ErrorCode::kNotFound));
  ASSERT_THAT(put(record), Succeeds());
  EXPECT_THAT(put(record), FailsWith(ErrorCode::kConflict));
  record.state = Bytes(70'000, 9);
  ASSERT_THAT(update(record), Succeeds());
  EXPECT_EQ(store_->find_session(record.session)->state, record.state);
}

TEST_F(SessionStore, ClaimsTagsWhenAbsentOrEqualAndAllOrNone) {
  const Id id = session(1).session;
  ASSERT_THAT(put(session(1)), Succeeds());
  ASSERT_THAT(claim(id, 5, "abc"), Succeeds());
  EXPECT_THAT(claim(id, 5, "abc"), Succeeds());
  EXPECT_THAT(claim(id, 6, "bcd"), Succeeds());
  EXPECT_THAT(claim(id, 8, "x"), FailsWith(ErrorCode::kConflict));
  // Chunk 9 is free, but 8 differs: nothing of it may be claimed.
  EXPECT_THAT(claim(id, 8, "xy"), FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(claim(id, 3, "zzz"), FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(claim(id, 9, "q"), Succeeds());
  EXPECT_THAT(claim(id, 3, "qq"), Succeeds());
}

TEST_F(SessionStore, KeepsClaimsOverARestart) {
  const Id id = session(1).session;
  ASSERT_THAT(put(session(1)), Succeeds());
  ASSERT_THAT(claim(id, 0, "a"), Succeeds());
  reopen();
  EXPECT_THAT(claim(id, 0, "b"), FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(claim(id, 0, "a"), Succeeds());
}

TEST_F(SessionStore, ClaimsNothingForAnUnknownSession) {
  EXPECT_THAT(claim(session(1).session, 0, "a"), FailsWith(ErrorCode::kNotFound));
}

TEST_F(SessionStore, RefusesTagsOfAnotherLength) {
  ASSERT_THAT(put(session(1)), Succeeds());
  const auto status = wait(
      [&](Done done) { store_->claim_tags(session(1).session, 0, Bytes(17), std::move(done)); });
  EXPECT_THAT(status, FailsWith(ErrorCode::kMalformed));
}

TEST_F(SessionStore, KeepsTheTagsOfSessionsApart) {
  ASSERT_THAT(put(session(1)), Succeeds());
  ASSERT_THAT(put(session(2)), Succeeds());
  ASSERT_THAT(claim(session(1).session, 0, "a"), Succeeds());
  EXPECT_THAT(claim(session(2).session, 0, "b"), Succeeds());
}

TEST_F(SessionStore, ForgetsTagsBelowWhatUpstreamConfirmed) {
  const SessionRecord record = session(1);
  ASSERT_THAT(put(record), Succeeds());
  ASSERT_THAT(claim(record.session, 0, "abcd"), Succeeds());
  ASSERT_THAT(update(record, 2), Succeeds());
  EXPECT_THAT(claim(record.session, 1, "x"), Succeeds());
  EXPECT_THAT(claim(record.session, 2, "x"), FailsWith(ErrorCode::kConflict));
}

TEST_F(SessionStore, ErasesASessionWithItsTags) {
  const SessionRecord record = session(1);
  ASSERT_THAT(put(record), Succeeds());
  ASSERT_THAT(claim(record.session, 0, "a"), Succeeds());
  ASSERT_THAT(erase(record.session), Succeeds());
  EXPECT_THAT(erase(record.session), Succeeds());
  EXPECT_THAT(store_->find_session(record.session), FailsWith(ErrorCode::kNotFound));
  EXPECT_THAT(*store_->expired_sessions(kNow), IsEmpty());
  ASSERT_THAT(put(record), Succeeds());
  EXPECT_THAT(claim(record.session, 0, "b"), Succeeds());
}

TEST_F(SessionStore, ListsWhatHasExpiredByItsLatestExpiry) {
  SessionRecord early = session(1, kNow - 10);
  SessionRecord late = session(2, kNow + 10);
  ASSERT_THAT(put(early), Succeeds());
  ASSERT_THAT(put(late), Succeeds());
  EXPECT_THAT(*store_->expired_sessions(kNow), ElementsAre(early.session));
  early.expires = kNow + 5;
  ASSERT_THAT(update(early), Succeeds());
  EXPECT_THAT(*store_->expired_sessions(kNow), IsEmpty());
  EXPECT_THAT(*store_->expired_sessions(kNow + 10), ElementsAre(early.session, late.session));
}

TEST_F(SessionStore, BeginsEmptyWhenItsFileIsDamagedAndLeavesItemsAlone) {
  ASSERT_THAT(put(session(1)), Succeeds());
  const Id item = put_and_bind("01A");
  close();
  std::fstream file(dir_ / "sessions/data.mdb", std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(16);
  file.write("xxxx", 4);
  file.close();
  open();
  EXPECT_THAT(store_->find_session(session(1).session), FailsWith(ErrorCode::kNotFound));
  EXPECT_THAT(store_->find(item), Succeeds());
  EXPECT_THAT(put(session(1)), Succeeds());
}

TEST_F(SessionStore, BeginsEmptyOnTheSessionsOfAnotherStore) {
  ASSERT_THAT(put(session(1)), Succeeds());
  close();
  ASSERT_THAT(KeyStore::create({dir_ / "second", "x", KeyFile{key_file_}, kNow}), Succeeds());
  StoreParams second = params();
  second.directory = dir_ / "second";
  auto other = KeyStore::open(second, KeyFile{key_file_});
  ASSERT_THAT(other, Succeeds());
  Id id{};
  id.fill(1);
  EXPECT_THAT((*other)->find_session(id), FailsWith(ErrorCode::kNotFound));
}

TEST_F(SessionStore, HoldsNoStateInTheClear) {
  SessionRecord record = session(1);
  const std::string canary = "canary of a plain tail";
  record.state.assign(canary.begin(), canary.end());
  ASSERT_THAT(put(record), Succeeds());
  close();
  std::ifstream file(dir_ / "sessions/data.mdb", std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), {});
  EXPECT_EQ(bytes.find(canary), std::string::npos);
}

}  // namespace
}  // namespace kerros::keystore
