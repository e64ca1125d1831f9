#include "gateway/audit/tile_tree.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdio>
#include <span>

#include "crypto/check.h"

namespace kerros::audit {
namespace {

using crypto::TreeHash;

constexpr std::size_t kEntryPrefix = 2;  // be16 length of every entry in a bundle

// Root of 2^k consecutive hashes.
TreeHash perfect_root(std::span<const TreeHash> hashes) {
  if (hashes.size() == 1) return hashes.front();
  const std::size_t half = hashes.size() / 2;
  return crypto::node_hash(perfect_root(hashes.first(half)), perfect_root(hashes.subspan(half)));
}

}  // namespace

std::string tile_path(int level, std::uint64_t index, std::size_t width) {
  std::array<char, 8> digits{};
  std::string number;
  for (std::uint64_t rest = index; number.empty() || rest > 0; rest /= 1000) {
    std::snprintf(digits.data(), digits.size(), number.empty() ? "%03u" : "x%03u/",
                  static_cast<unsigned>(rest % 1000));
    number.insert(0, digits.data());
  }
  std::string path = "tile/" + (level == kEntries ? "entries" : std::to_string(level));
  path += "/" + number;
  if (width < kTileWidth) path += ".p/" + std::to_string(width);
  return path;
}

Bytes encode(const Tile& tile) {
  Bytes bytes;
  for (const TreeHash& hash : tile.hashes) {
    if (tile.level == kEntries) {
      std::array<std::uint8_t, kEntryPrefix> length{};
      store_be(length, static_cast<std::uint16_t>(hash.size()));
      bytes.insert(bytes.end(), length.begin(), length.end());
    }
    bytes.insert(bytes.end(), hash.begin(), hash.end());
  }
  return bytes;
}

Result<std::vector<TreeHash>> decode_tile(int level, ByteView bytes) {
  const std::size_t prefix = level == kEntries ? kEntryPrefix : 0;
  const std::size_t step = prefix + TreeHash{}.size();
  if (bytes.size() % step != 0 || bytes.size() > step * kTileWidth)
    return fail(ErrorCode::kMalformed, "it has a size that no tile has");
  std::vector<TreeHash> hashes(bytes.size() / step);
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    const ByteView one = bytes.subspan(i * step, step);
    if (prefix != 0 && load_be<std::uint16_t>(one.first(prefix)) != hashes[i].size())
      return fail(ErrorCode::kMalformed, "an entry in it has not 32 bytes");
    std::copy_n(one.begin() + static_cast<std::ptrdiff_t>(prefix), hashes[i].size(),
                hashes[i].begin());
  }
  return hashes;
}

std::vector<Border> borders(std::uint64_t size) {
  std::vector<Border> all{{kEntries, size / kTileWidth, size % kTileWidth}};
  for (int level = 0; size > 0; ++level, size /= kTileWidth)
    all.push_back({level, size / kTileWidth, size % kTileWidth});
  std::erase_if(all, [](const Border& border) { return border.width == 0; });
  return all;
}

TileTree::TileTree(std::uint64_t size, const std::vector<Tile>& border) : size_(size) {
  const std::vector<Border> expected = borders(size);
  KERROS_CHECK(border.size() == expected.size(), "the caller read what borders() names");
  for (std::size_t i = 0; i < border.size(); ++i) {
    const Tile& tile = border[i];
    KERROS_CHECK(tile.level == expected[i].level && tile.hashes.size() == expected[i].width,
                 "the caller read what borders() names");
    if (tile.level == kEntries) {
      entries_ = tile.hashes;
      continue;
    }
    const auto level = static_cast<std::size_t>(tile.level);
    if (levels_.size() <= level) levels_.resize(level + 1);
    levels_[level] = tile.hashes;
  }
}

std::vector<Tile> TileTree::append(const TreeHash& entry) {
  std::vector<Tile> whole;
  entries_.push_back(entry);
  ++size_;
  if (entries_.size() == kTileWidth) {
    whole.push_back({kEntries, size_ / kTileWidth - 1, std::move(entries_)});
    entries_.clear();
  }
  add(0, crypto::leaf_hash(entry), whole);
  return whole;
}

void TileTree::add(std::size_t level, const TreeHash& hash, std::vector<Tile>& whole) {
  if (levels_.size() <= level) levels_.resize(level + 1);
  levels_[level].push_back(hash);
  if (levels_[level].size() < kTileWidth) return;
  const TreeHash above = perfect_root(levels_[level]);
  std::uint64_t index = size_ / kTileWidth;
  for (std::size_t i = 0; i < level; ++i) index /= kTileWidth;
  whole.push_back({static_cast<int>(level), index - 1, std::move(levels_[level])});
  levels_[level].clear();
  add(level + 1, above, whole);
}

TreeHash TileTree::root() const {
  if (size_ == 0) return crypto::TreeHead().root();
  // The border is a row of perfect subtrees, each smaller than the one to its left: those of a
  // higher level first, within a level by the binary digits of its width.
  std::vector<TreeHash> row;
  for (auto level = levels_.rbegin(); level != levels_.rend(); ++level) {
    std::span<const TreeHash> rest = *level;
    while (!rest.empty()) {
      const std::size_t width = std::bit_floor(rest.size());
      row.push_back(perfect_root(rest.first(width)));
      rest = rest.subspan(width);
    }
  }
  TreeHash root = row.back();
  for (auto left = row.rbegin() + 1; left != row.rend(); ++left)
    root = crypto::node_hash(*left, root);
  return root;
}

std::vector<Tile> TileTree::unfinished() const {
  std::vector<Tile> tiles;
  for (const Border& border : borders(size_))
    tiles.push_back(
        {border.level, border.index,
         border.level == kEntries ? entries_ : levels_[static_cast<std::size_t>(border.level)]});
  return tiles;
}

}  // namespace kerros::audit
