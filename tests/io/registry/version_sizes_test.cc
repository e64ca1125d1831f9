#include "gateway/io/registry/version_sizes.h"

#include <gtest/gtest.h>

namespace kerros::io {
namespace {

class VersionSizesTest : public testing::Test {
 protected:
  std::vector<keystore::ItemRecord> read(const std::string& item_id) {
    ++reads_;
    if (item_id == "ordinary") return {};
    std::vector<keystore::ItemRecord> versions(2);
    versions[0].binding.sealed_size = 533;
    versions[0].binding.plain_size = 5;
    versions[1].binding.sealed_size = 633;
    versions[1].binding.plain_size = 105;
    return versions;
  }
  int reads_ = 0;
  VersionSizes sizes_{[this](const std::string&, const std::string& item) { return read(item); }};
};

TEST_F(VersionSizesTest, AreFoundByWhatAVersionTakesUp) {
  const auto& sizes = sizes_.of("D", "I");
  EXPECT_EQ(sizes.at(533), 5u);
  EXPECT_EQ(sizes.at(633), 105u);
  EXPECT_FALSE(sizes.contains(534));
}

TEST_F(VersionSizesTest, AreReadOnceForAllVersionsOfAnItem) {
  for (int i = 0; i < 500; ++i) {
    EXPECT_EQ(sizes_.of("D", "I").size(), 2u);
    EXPECT_TRUE(sizes_.of("D", "ordinary").empty());
  }
  EXPECT_EQ(reads_, 2);
  sizes_.of("E", "I");
  EXPECT_EQ(reads_, 3);
}

}  // namespace
}  // namespace kerros::io
