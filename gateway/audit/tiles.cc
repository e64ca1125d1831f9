#include "gateway/audit/tiles.h"

#include <algorithm>
#include <filesystem>

#include "gateway/audit/files.h"

namespace kerros::audit {

Result<std::string> write_tile(const std::string& directory, const Tile& tile) {
  std::string path = directory + "/" + tile_path(tile.level, tile.index, tile.hashes.size());
  if (auto ok = make_directory(std::filesystem::path(path).parent_path().string()); !ok)
    return tl::unexpected(ok.error());
  if (auto ok = place_file(path, encode(tile)); !ok) return tl::unexpected(ok.error());
  return path;
}

Result<std::vector<crypto::TreeHash>> read_tile(const std::string& directory, int level,
                                                std::uint64_t index, std::size_t width) {
  std::string name = tile_path(level, index, width);
  auto bytes = read_whole(directory + "/" + name, kTileWidth * 64);
  if (!bytes && bytes.error().code == ErrorCode::kNotFound && width < kTileWidth) {
    name = tile_path(level, index, kTileWidth);
    bytes = read_whole(directory + "/" + name, kTileWidth * 64);
  }
  if (!bytes) return tl::unexpected(bytes.error());
  auto hashes = decode_tile(level, *bytes);
  if (!hashes) return fail(hashes.error().code, name + ": " + hashes.error().detail);
  if (hashes->size() < width) return fail(ErrorCode::kTruncated, name + " is cut");
  hashes->resize(width);
  return hashes;
}

Result<TileTree> read_tree(const std::string& directory, std::uint64_t size) {
  std::vector<Tile> tiles;
  for (const Border& border : borders(size)) {
    auto hashes = read_tile(directory, border.level, border.index, border.width);
    if (!hashes) return tl::unexpected(hashes.error());
    tiles.push_back({border.level, border.index, std::move(*hashes)});
  }
  // The root says nothing about the bundle: each entry must be the one under its leaf.
  if (size % kTileWidth != 0)
    for (std::size_t i = 0; i < tiles[0].hashes.size(); ++i)
      if (crypto::leaf_hash(tiles[0].hashes[i]) != tiles[1].hashes[i])
        return fail(ErrorCode::kMalformed,
                    tile_path(kEntries, tiles[0].index, tiles[0].hashes.size()) + ": entry " +
                        std::to_string(i) + " is not the one in the tree");
  return TileTree(size, tiles);
}

Result<crypto::TreeHash> EntryReader::at(std::uint64_t leaf) {
  const std::uint64_t bundle = leaf / kTileWidth;
  if (bundle != bundle_) {
    const std::size_t width = std::min<std::uint64_t>(kTileWidth, size_ - bundle * kTileWidth);
    auto entries = read_tile(directory_, kEntries, bundle, width);
    if (!entries) return tl::unexpected(entries.error());
    entries_ = std::move(*entries);
    bundle_ = bundle;
  }
  return entries_[leaf % kTileWidth];
}

}  // namespace kerros::audit
