#include "crypto/merkle.h"

#include <gtest/gtest.h>

#include "tests/support/sealed_file.h"

namespace kerros::crypto {
namespace {

using support::noise;

// RFC 6962 2.1 as it is written: split at the largest power of two below the size.
TreeHash by_definition(std::span<const TreeHash> leaves) {
  if (leaves.size() == 1) return leaves[0];
  std::size_t split = 1;
  while (split * 2 < leaves.size()) split *= 2;
  return node_hash(by_definition(leaves.first(split)), by_definition(leaves.subspan(split)));
}

// certificate-transparency, cpp/merkletree/merkle_tree_test.cc: the entries and the roots.
TEST(TreeHead, GivesThePublishedRoots) {
  constexpr std::array kEntries = {"",
                                   "00",
                                   "10",
                                   "2021",
                                   "3031",
                                   "40414243",
                                   "5051525354555657",
                                   "606162636465666768696a6b6c6d6e6f"};
  constexpr std::array kRoots = {
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
      "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
      "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
      "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
      "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
  TreeHead head;
  EXPECT_EQ(to_hex(head.root()),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  for (std::size_t i = 0; i < kEntries.size(); ++i) {
    Bytes entry(std::string_view(kEntries[i]).size() / 2);
    ASSERT_TRUE(from_hex(kEntries[i], entry));
    head.append(leaf_hash(entry));
    EXPECT_EQ(to_hex(head.root()), kRoots[i]) << i + 1;
    EXPECT_EQ(head.size(), i + 1);
  }
}

TEST(TreeHead, FollowsTheDefinitionAtEverySize) {
  TreeHead head;
  std::vector<TreeHash> leaves;
  for (std::size_t i = 0; i < 260; ++i) {
    leaves.push_back(leaf_hash(noise(i % 50, i + 1)));
    head.append(leaves.back());
    ASSERT_EQ(head.root(), by_definition(leaves)) << leaves.size();
  }
}

TEST(TreeHash, KeepsLeavesAndNodesApart) {
  const TreeHash left = leaf_hash(as_bytes("left"));
  const TreeHash right = leaf_hash(as_bytes("right"));
  Bytes both(left.begin(), left.end());
  both.insert(both.end(), right.begin(), right.end());
  EXPECT_NE(node_hash(left, right), leaf_hash(both));
  EXPECT_NE(node_hash(left, right), node_hash(right, left));
}

}  // namespace
}  // namespace kerros::crypto
