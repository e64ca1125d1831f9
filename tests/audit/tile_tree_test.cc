#include "gateway/audit/tile_tree.h"

#include <gtest/gtest.h>

#include <map>

namespace kerros::audit {
namespace {

using crypto::TreeHash;

TreeHash entry_of(std::uint64_t number) {
  TreeHash entry{};
  store_be(MutableByteView(entry).first(8), number);
  return entry;
}

TEST(TilePath, GroupsDigitsByThree) {
  EXPECT_EQ(tile_path(0, 0, 256), "tile/0/000");
  EXPECT_EQ(tile_path(1, 1234067, 256), "tile/1/x001/x234/067");
  EXPECT_EQ(tile_path(2, 1000, 17), "tile/2/x001/000.p/17");
  EXPECT_EQ(tile_path(kEntries, 255, 1), "tile/entries/255.p/1");
}

TEST(TileBorders, AreThoseOfTheSpecificationsExample) {
  // A tree of 70,000: level 0 ends with 112, level 1 with 17, level 2 with 1.
  std::map<int, std::pair<std::uint64_t, std::size_t>> found;
  for (const Border& border : borders(70'000)) found[border.level] = {border.index, border.width};
  const std::map<int, std::pair<std::uint64_t, std::size_t>> expected{
      {kEntries, {273, 112}}, {0, {273, 112}}, {1, {1, 17}}, {2, {0, 1}}};
  EXPECT_EQ(found, expected);
  EXPECT_TRUE(borders(0).empty());
  ASSERT_EQ(borders(256).size(), 1U);
  EXPECT_EQ(borders(256)[0].level, 1);
}

TEST(TileTree, HasTheRootOfThePlainTreeAtEverySize) {
  TileTree tiles;
  crypto::TreeHead plain;
  EXPECT_EQ(tiles.root(), plain.root());
  for (std::uint64_t i = 0; i < 70'000; ++i) {
    tiles.append(entry_of(i));
    plain.append(crypto::leaf_hash(entry_of(i)));
    if (i < 1100 || i % 997 == 0 || i > 65'530) {
      ASSERT_EQ(tiles.root(), plain.root()) << i;
    }
  }
}

TEST(TileTree, GoesOnFromItsBorder) {
  TileTree whole;
  for (std::uint64_t i = 0; i < 66'000; ++i) whole.append(entry_of(i));
  TileTree resumed(whole.size(), whole.unfinished());
  for (std::uint64_t i = 66'000; i < 66'600; ++i)
    EXPECT_EQ(resumed.append(entry_of(i)), whole.append(entry_of(i)));
  EXPECT_EQ(resumed.root(), whole.root());
  EXPECT_EQ(resumed.unfinished(), whole.unfinished());
}

TEST(TileTree, GivesOutEveryTileOnceWhenItIsWhole) {
  TileTree tree;
  std::map<std::pair<int, std::uint64_t>, int> seen;
  for (std::uint64_t i = 0; i < 65'536; ++i)
    for (const Tile& tile : tree.append(entry_of(i))) {
      EXPECT_EQ(tile.hashes.size(), kTileWidth);
      ++seen[{tile.level, tile.index}];
    }
  EXPECT_EQ(seen.size(), 256U + 256U + 1U);  // bundles, level 0, level 1
  for (const auto& [place, count] : seen) EXPECT_EQ(count, 1);
  EXPECT_TRUE(seen.contains({1, 0}));
  EXPECT_TRUE(seen.contains({kEntries, 255}));
}

TEST(TileBytes, ComeBackAndRefuseOtherSizes) {
  const Tile tile{0, 0, {entry_of(1), entry_of(2)}};
  const Tile bundle{kEntries, 0, {entry_of(1), entry_of(2)}};
  EXPECT_EQ(encode(tile).size(), 64U);
  EXPECT_EQ(encode(bundle).size(), 68U);
  EXPECT_EQ(decode_tile(0, encode(tile)).value(), tile.hashes);
  EXPECT_EQ(decode_tile(kEntries, encode(bundle)).value(), bundle.hashes);
  EXPECT_FALSE(decode_tile(0, Bytes(33)));
  EXPECT_FALSE(decode_tile(0, Bytes(32 * 257)));
  EXPECT_FALSE(decode_tile(kEntries, Bytes(34))) << "an entry of length 0";
}

}  // namespace
}  // namespace kerros::audit
