// The growing tree as C2SP tlog-tiles cuts it: 256 hashes a tile, eight tree levels in one.
//
// Keeps only the tiles of the right border (at most 255 hashes a level) and the unfinished bundle
// of entries. Pure: what became whole is returned, the caller stores it.
// Thread safety: one owner. Source: C2SP tlog-tiles, RFC 6962 2.1.
#pragma once

#include <string>
#include <vector>

#include "crypto/merkle.h"

namespace kerros::audit {

inline constexpr std::size_t kTileWidth = 256;
inline constexpr int kEntries = -1;  // the level of entry bundles: what was hashed into level 0

struct Tile {
  int level = 0;
  std::uint64_t index = 0;
  std::vector<crypto::TreeHash> hashes;  // entries, for a bundle
  bool operator==(const Tile&) const = default;
};

// Where tiles stand relative to the log: "tile/0/x001/x234/067", with ".p/<width>" below 256.
std::string tile_path(int level, std::uint64_t index, std::size_t width);
// Bytes of the file: the hashes one after another; entries each after their be16 length.
Bytes encode(const Tile& tile);
Result<std::vector<crypto::TreeHash>> decode_tile(int level, ByteView bytes);  // kMalformed

// The unfinished tile of a level in a tree of `size` leaves; width 0 when there is none.
struct Border {
  int level;
  std::uint64_t index;
  std::size_t width;
};
std::vector<Border> borders(std::uint64_t size);  // entries first, then level 0 and up

class TileTree {
 public:
  TileTree() = default;
  // Goes on from the border tiles of a tree of `size` leaves, in the order of borders(size).
  TileTree(std::uint64_t size, const std::vector<Tile>& border);

  // Returns the tiles and the bundle that this entry completed, lowest first.
  std::vector<Tile> append(const crypto::TreeHash& entry);

  std::uint64_t size() const { return size_; }
  crypto::TreeHash root() const;
  std::vector<Tile> unfinished() const;  // in the order of borders(size())

 private:
  void add(std::size_t level, const crypto::TreeHash& hash, std::vector<Tile>& whole);

  std::uint64_t size_ = 0;
  std::vector<crypto::TreeHash> entries_;
  std::vector<std::vector<crypto::TreeHash>> levels_;
};

}  // namespace kerros::audit
