#include "gateway/audit/checkpoint_files.h"

#include <gtest/gtest.h>

#include "tests/audit/audit_fixture.h"

namespace kerros::audit {
namespace {

namespace fs = std::filesystem;
using testing::kNoon;
using testing::kOrigin;
using testing::read_file;
using testing::TestDirectory;
using testing::write_file;
using Keep = CheckpointFiles::Keep;

class CheckpointFilesTest : public ::testing::Test {
 protected:
  Result<CheckpointFiles> open() {
    return CheckpointFiles::open(directory_.path(), signer_.verifier());
  }
  void put(CheckpointFiles& files, std::uint64_t size, std::uint64_t minute,
           Keep keep = Keep::kInHistory) {
    ASSERT_TRUE(files.put(signer_, {size, {}, kNoon + minute * 60'000, {}, {}}, keep));
  }
  std::size_t in_history() {
    return split_history(as_text(read_file(history_path(directory_.path())))).notes.size();
  }

  TestDirectory directory_;
  Signer signer_ = Signer::make(kOrigin, Bytes(32, 3)).value();
};

TEST_F(CheckpointFilesTest, RemembersTheNewest) {
  {
    auto files = open();
    ASSERT_TRUE(files);
    EXPECT_FALSE(files->newest());
    put(*files, 0, 0);
    put(*files, 12, 1);
  }
  EXPECT_EQ(open()->newest()->size, 12U);
  EXPECT_EQ(in_history(), 2U);
}

TEST_F(CheckpointFilesTest, KeepsOneInTenMinutes) {
  auto files = open();
  put(*files, 0, 0);
  for (std::uint64_t minute = 1; minute <= 30; ++minute)
    put(*files, minute, minute, Keep::kWhenDue);
  EXPECT_EQ(in_history(), 4U);  // at 0, 10, 20, 30
}

TEST_F(CheckpointFilesTest, CutsALastNoteThatWasNeverWhole) {
  {
    auto files = open();
    put(*files, 0, 0);
    put(*files, 1, 1);
  }
  Bytes torn = read_file(history_path(directory_.path()));
  torn.insert(torn.end(), {'k', 'e', 'r'});
  write_file(history_path(directory_.path()), torn);
  {
    auto files = open();
    ASSERT_TRUE(files);
    put(*files, 2, 2);
  }
  EXPECT_EQ(in_history(), 3U);
  EXPECT_TRUE(open());
}

TEST_F(CheckpointFilesTest, FindsTheLastOfALongHistory) {
  auto files = open();
  for (std::uint64_t size = 0; size < 300; ++size) put(*files, size, size);
  EXPECT_EQ(open()->newest()->size, 299U);
}

TEST_F(CheckpointFilesTest, RefusesACheckpointThatWasPutBack) {
  auto files = open();
  put(*files, 0, 0);
  const Bytes old = read_file(checkpoint_path(directory_.path()));
  put(*files, 5, 1);
  write_file(checkpoint_path(directory_.path()), old);
  EXPECT_EQ(open().error().code, ErrorCode::kNotAuthentic);
}

TEST_F(CheckpointFilesTest, RefusesWhenOneOfTheTwoIsGone) {
  auto files = open();
  put(*files, 0, 0);
  put(*files, 5, 1);
  fs::rename(checkpoint_path(directory_.path()), directory_.path() + "/away");
  EXPECT_EQ(open().error().code, ErrorCode::kNotAuthentic);
  fs::rename(directory_.path() + "/away", checkpoint_path(directory_.path()));
  fs::remove(history_path(directory_.path()));
  EXPECT_EQ(open().error().code, ErrorCode::kNotAuthentic);
}

TEST_F(CheckpointFilesTest, AddsWhatItKeepsToASecondPlace) {
  TestDirectory elsewhere;
  const std::string copy = elsewhere.path() + "/checkpoints";
  auto files = CheckpointFiles::open(directory_.path(), signer_.verifier(), copy);
  put(*files, 0, 0);
  put(*files, 1, 1, Keep::kWhenDue);
  put(*files, 2, 12, Keep::kWhenDue);
  EXPECT_TRUE(files->copied());
  EXPECT_EQ(read_file(copy), read_file(history_path(directory_.path())));
}

TEST_F(CheckpointFilesTest, GoesOnWhileTheSecondPlaceIsGone) {
  TestDirectory elsewhere;
  const std::string mount = elsewhere.path() + "/mount";
  auto files = CheckpointFiles::open(directory_.path(), signer_.verifier(), mount + "/copy");
  put(*files, 0, 0);
  EXPECT_FALSE(files->copied());
  EXPECT_EQ(in_history(), 1U);
  fs::create_directory(mount);
  put(*files, 5, 1);
  EXPECT_TRUE(files->copied());
  EXPECT_EQ(split_history(as_text(read_file(mount + "/copy"))).notes.size(), 1U);
}

}  // namespace
}  // namespace kerros::audit
