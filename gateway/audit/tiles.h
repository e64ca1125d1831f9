// Tiles as files below the log's directory.
//
// Tiles and bundles follow from the records; they hold no personal data and are kept for ever.
// Thread safety: one writer; readers at any time see whole files.
#pragma once

#include <string>

#include "gateway/audit/tile_tree.h"

namespace kerros::audit {

// Not durable before sync_files() on what it returns: the path written. A whole tile takes the
// place of its unfinished forms.
Result<std::string> write_tile(const std::string& directory, const Tile& tile);

// The first `width` hashes of a tile, from its unfinished form of that width or from the whole.
// kNotFound, kMalformed.
Result<std::vector<crypto::TreeHash>> read_tile(const std::string& directory, int level,
                                                std::uint64_t index, std::size_t width);

// The tree of `size` leaves as the files tell it; the caller compares its root.
Result<TileTree> read_tree(const std::string& directory, std::uint64_t size);

// Entries one after another, a bundle at a time.
class EntryReader {
 public:
  EntryReader(std::string directory, std::uint64_t size)
      : directory_(std::move(directory)), size_(size) {}
  Result<crypto::TreeHash> at(std::uint64_t leaf);  // 0 is the first; below `size`

 private:
  std::string directory_;
  std::uint64_t size_;
  std::uint64_t bundle_ = ~std::uint64_t{0};
  std::vector<crypto::TreeHash> entries_;
};

}  // namespace kerros::audit
