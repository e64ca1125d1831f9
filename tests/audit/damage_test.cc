// Every byte of a small log, changed: the walk of an auditor finds each, and nobody crashes.
#include <gtest/gtest.h>

#include "gateway/audit/log.h"
#include "tests/audit/audit_fixture.h"

namespace kerros::audit {
namespace {

namespace fs = std::filesystem;
using namespace testing;

class Damage : public ::testing::Test {
 protected:
  Damage() {
    for (int day = 0; day < 2; ++day, world_.now_ms += kDay) {
      auto log = open_log(directory_.path(), world_);
      append_uploads(*log, 2);
      if (!log->checkpoint()) ADD_FAILURE();
      append_uploads(*log, 1);
    }
  }

  TestDirectory directory_;
  World world_;
  Keys keys_ = test_keys();
};

TEST_F(Damage, OfAnyByteOfAnyFileIsFound) {
  ASSERT_TRUE(verify(directory_.path(), kOrigin, &keys_));
  std::size_t tried = 0;
  for (const std::string& file : files_below(directory_.path())) {
    const std::string path = directory_.path() + "/" + file;
    const Bytes whole = read_file(path);
    for (std::size_t byte = 0; byte < whole.size(); ++byte, ++tried) {
      flip_bit(path, byte, static_cast<int>(byte % 8));
      const auto verification = verify(directory_.path(), kOrigin, &keys_);
      ASSERT_FALSE(verification) << file << " byte " << byte;
      ASSERT_EQ(verification.error().code, ErrorCode::kNotAuthentic)
          << file << " byte " << byte << ": " << verification.error().detail;
      write_file(path, whole);
    }
  }
  EXPECT_GT(tried, 5000U);
  ASSERT_TRUE(verify(directory_.path(), kOrigin, &keys_));
}

TEST_F(Damage, OfAnyFileThatIsMissingIsFound) {
  for (const std::string& file : files_below(directory_.path())) {
    const std::string path = directory_.path() + "/" + file;
    // Of older unfinished tiles only the newest is needed, and the lock holds nothing.
    const bool needed = file != "lock" && (!file.starts_with("tile/") || file.ends_with("/12"));
    fs::rename(path, directory_.path() + ".away");
    EXPECT_EQ(verify(directory_.path(), kOrigin, &keys_).has_value(), !needed) << file;
    fs::rename(directory_.path() + ".away", path);
  }
}

TEST_F(Damage, OfWhatIsAddedToIsNeverOpenedAsIfSound) {
  // Opening reads the border of the tree and the last day; what it accepts there must verify. (Of
  // the history it reads the last note.)
  for (const std::string file : {"checkpoint", "tile/0/000.p/12", "tile/entries/000.p/12",
                                 "segments/2026-11-22.seg", "verifier"}) {
    const Bytes whole = read_file(directory_.path() + "/" + file);
    for (std::size_t byte = 0; byte < whole.size(); byte += 7) {
      TestDirectory copy;
      copy_directory(directory_.path(), copy.path());
      flip_bit(copy.path() + "/" + file, byte);
      const bool opened = try_open(copy.path(), world_).has_value();
      const bool sound = verify(copy.path(), kOrigin, &keys_).has_value();
      EXPECT_LE(opened, sound) << file << " byte " << byte;
    }
  }
}

}  // namespace
}  // namespace kerros::audit
