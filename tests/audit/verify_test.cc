// What an auditor is told: that a log is sound, or the first thing that is not.
#include <gtest/gtest.h>

#include "gateway/audit/log.h"
#include "tests/audit/audit_fixture.h"

namespace kerros::audit {
namespace {

namespace fs = std::filesystem;
using namespace testing;

class Verify : public ::testing::Test {
 protected:
  // Two days, more than one whole tile, several checkpoints.
  Verify() {
    for (int day = 0; day < 2; ++day, world_.now_ms += kDay) {
      auto log = open_log(directory_.path(), world_);
      append_uploads(*log, 80);
      if (!log->checkpoint()) ADD_FAILURE();
      append_uploads(*log, 60);
    }
  }
  Result<Verification> with_keys() {
    const Keys keys = test_keys();
    return verify(directory_.path(), kOrigin, &keys);
  }
  Result<Verification> without_keys() { return verify(directory_.path(), kOrigin, nullptr); }
  std::string at(const std::string& name) { return directory_.path() + "/" + name; }
  std::string day(int number) { return at("segments/2026-11-2" + std::to_string(number) + ".seg"); }
  void expect_found(const std::string& named) {
    const auto verification = with_keys();
    ASSERT_FALSE(verification);
    EXPECT_EQ(verification.error().code, ErrorCode::kNotAuthentic);
    EXPECT_NE(verification.error().detail.find(named), std::string::npos)
        << verification.error().detail;
  }

  TestDirectory directory_;
  World world_;
};

TEST_F(Verify, CountsWhatIsSound) {
  for (const auto& verification : {with_keys(), without_keys()}) {
    ASSERT_TRUE(verification) << verification.error().detail;
    EXPECT_EQ(verification->records, 560U);
    EXPECT_EQ(verification->unsigned_records, 0U);
    EXPECT_GE(verification->checkpoints, 4U);
    EXPECT_EQ(verification->last_checkpoint_time, "2026-11-22T12:00:00.000Z");
    EXPECT_TRUE(verification->verifier.starts_with("kerros.test/log+"));
  }
}

TEST_F(Verify, NamesTheRecordThatWasEdited) {
  flip_bit(day(1), fs::file_size(day(1)) - 5);
  expect_found("2026-11-21.seg: record 280");
}

TEST_F(Verify, FindsADeletedSegment) {
  fs::remove(day(1));
  expect_found("it begins with record 281, not 1");
}

TEST_F(Verify, FindsADeletedLastSegment) {
  fs::remove(day(2));
  expect_found("they end at record 280, but 560 were signed");
}

TEST_F(Verify, FindsACutSegment) {
  fs::resize_file(day(2), fs::file_size(day(2)) - 1);
  expect_found("record 560 is cut");
}

TEST_F(Verify, FindsTwoRecordsInEachOthersPlace) {
  Bytes bytes = read_file(day(2));
  // The last four are upload, outcome, upload, outcome: frames of equal length swap cleanly.
  const std::size_t frame = 4 + 40;
  std::vector<std::size_t> starts;
  std::size_t start = 20 + load_be<std::uint32_t>(ByteView(bytes).subspan(16, 4));
  while (start < bytes.size()) {
    starts.push_back(start);
    start += 4 + load_be<std::uint32_t>(ByteView(bytes).subspan(start, 4));
  }
  const std::size_t a = starts[starts.size() - 4], b = starts[starts.size() - 2];
  const std::size_t length = starts[starts.size() - 3] - a;
  ASSERT_GT(length, frame);
  std::swap_ranges(bytes.begin() + static_cast<std::ptrdiff_t>(a),
                   bytes.begin() + static_cast<std::ptrdiff_t>(a + length),
                   bytes.begin() + static_cast<std::ptrdiff_t>(b));
  write_file(day(2), bytes);
  expect_found("record 557");
}

TEST_F(Verify, FindsACheckpointThatWasPutBack) {
  const Bytes old = read_file(at("checkpoint"));
  {
    append_uploads(*open_log(directory_.path(), world_), 1);
  }
  ASSERT_TRUE(with_keys());
  write_file(at("checkpoint"), old);
  expect_found("it is older than the last one in the history");
}

TEST_F(Verify, FindsAMissingOrEmptyTile) {
  for (const char* name : {"tile/0/001", "tile/entries/000", "tile/1/000.p/2", "tile/0/002.p/48"}) {
    const Bytes bytes = read_file(at(name));
    fs::remove(at(name));
    EXPECT_FALSE(with_keys()) << name;
    EXPECT_FALSE(without_keys()) << name;
    write_file(at(name), {});
    EXPECT_FALSE(without_keys()) << name;
    write_file(at(name), bytes);
  }
  EXPECT_TRUE(with_keys());
}

TEST_F(Verify, FindsATreeRewrittenWithoutTheKey) {
  // One entry replaced in the bundle and in its tile: only the signature still knows.
  flip_bit(at("tile/entries/002.p/48"), 2);
  EXPECT_FALSE(without_keys());
}

TEST_F(Verify, FindsAnotherLogUnderTheSameName) {
  TestDirectory other;
  World world;
  {
    append_uploads(*open_log(other.path(), world), 5);
  }
  for (const char* name : {"checkpoint", "checkpoints"})
    fs::copy_file(other.path() + "/" + name, at(name), fs::copy_options::overwrite_existing);
  EXPECT_FALSE(with_keys());
  EXPECT_FALSE(without_keys());
}

// Whoever owns disk and key can write another past, but none that agrees with what is elsewhere.
TEST_F(Verify, FindsALogWrittenAnewByAnOlderCheckpoint) {
  const Bytes older = read_file(at("checkpoint"));
  const Bytes history = read_file(at("checkpoints"));
  const Keys keys = test_keys();
  for (const Bytes& notes : {older, history})
    EXPECT_TRUE(verify(directory_.path(), kOrigin, &keys, as_text(notes)));

  TestDirectory forged;
  World world;
  {
    auto log = open_log(forged.path(), world);
    ASSERT_TRUE(log->append_and_wait(upload_intent("another")));
    append_uploads(*log, 300);
  }
  ASSERT_TRUE(verify(forged.path(), kOrigin, &keys)) << "it is sound in itself";
  for (const Bytes& notes : {older, history}) {
    const auto found = verify(forged.path(), kOrigin, nullptr, as_text(notes));
    ASSERT_FALSE(found);
    EXPECT_NE(found.error().detail.find("kept elsewhere"), std::string::npos);
  }
}

TEST_F(Verify, FindsAWholeLogPutBackByANewerCheckpoint) {
  TestDirectory yesterday;
  copy_directory(directory_.path(), yesterday.path());
  append_uploads(*open_log(directory_.path(), world_), 1);
  const Bytes newest = read_file(at("checkpoint"));
  ASSERT_TRUE(verify(yesterday.path(), kOrigin, nullptr));
  EXPECT_EQ(verify(yesterday.path(), kOrigin, nullptr, as_text(newest)).error().code,
            ErrorCode::kNotAuthentic);
}

TEST_F(Verify, ReadsCopiesOfWhichOneWasCut) {
  const std::string note(as_text(read_file(at("checkpoint"))));
  const std::string torn = note + "\n" + note.substr(0, note.size() - 9) + note + "\n";
  EXPECT_TRUE(verify(directory_.path(), kOrigin, nullptr, torn));
  for (const std::string& other : {note.substr(0, 40), std::string("no note at all\n")})
    EXPECT_EQ(verify(directory_.path(), kOrigin, nullptr, other).error().code,
              ErrorCode::kNotAuthentic);
}

TEST_F(Verify, WantsARecordOfWhoAcceptedAnOlderStore) {
  world_.store_sequence = 3;  // 7 before
  {
    auto log = open_log(directory_.path(), world_);
    ASSERT_TRUE(log->accept_store());
  }
  EXPECT_TRUE(without_keys()) << "without a key nobody can look for the record";
  expect_found("nobody is on record who accepted it");
}

TEST_F(Verify, IsContentWhenSomebodyAcceptedAnOlderStore) {
  world_.store_sequence = 3;
  {
    auto log = open_log(directory_.path(), world_);
    Record record = upload_intent();
    record.event = Event::kStoreAccepted;
    record.status = "done";
    ASSERT_TRUE(log->append_and_wait(record));
    ASSERT_TRUE(log->accept_store());
  }
  const auto verification = with_keys();
  ASSERT_TRUE(verification) << verification.error().detail;
  EXPECT_EQ(verification->store_went_back, 1U);
}

TEST_F(Verify, WantsTheLogItWasAskedFor) {
  EXPECT_EQ(verify(directory_.path(), "kerros.other/log", nullptr).error().code,
            ErrorCode::kNotAuthentic);
  EXPECT_EQ(verify(at("nowhere"), kOrigin, nullptr).error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace kerros::audit
