// One page at a time: the meta pages, a page's claim to its place, the nodes on it.
#include "keystore/page_walker.h"

#include <algorithm>

namespace kerros::keystore::lmdb_layout {

Status PageWalker::start(std::uint64_t map_bytes) {
  if (file_.size() < 2 * kPageSize) return tl::unexpected(damaged(0, "is missing"));
  std::uint64_t txns[2]{};
  for (std::uint64_t i = 0; i < 2; ++i) {
    const ByteView meta = page(i);
    if (at<std::uint64_t>(meta, 0) != i || at<std::uint16_t>(meta, kPageFlagsAt) != kMeta ||
        at<std::uint32_t>(meta, kPageHeader) != kMagic ||
        at<std::uint32_t>(meta, kPageHeader + 4) != kVersion)
      return tl::unexpected(damaged(i, "is no meta page"));
    txns[i] = at<std::uint64_t>(meta, kTxnAt);
  }
  // Transaction n writes meta page n mod 2, so the two differ by one: a changed number would bring
  // back the transaction before.
  const std::uint64_t newer = txns[0] > txns[1] ? 0 : 1;
  if (txns[newer] - txns[1 - newer] != 1 || txns[newer] % 2 != newer)
    return tl::unexpected(damaged(newer, "does not follow from the other meta page"));
  const ByteView meta = page(newer);
  txn_ = txns[newer];
  free_ = read_db(meta, kFreeDbAt);
  main_ = read_db(meta, kMainDbAt);
  last_page_ = at<std::uint64_t>(meta, kLastPageAt);
  if (free_.pad != kPageSize || free_.flags != kIntegerKey || main_.pad != 0 || main_.flags != 0)
    return tl::unexpected(damaged(newer, "names databases of another kind"));
  if (last_page_ < 1 || last_page_ >= map_bytes / kPageSize)
    return tl::unexpected(damaged(newer, "names more pages than the map holds"));
  used_.assign(last_page_ + 1, false);
  used_[0] = used_[1] = true;
  return {};
}

Status PageWalker::claim(std::uint64_t number, std::uint64_t count) {
  if (number > last_page_ || count > last_page_ + 1 - number ||
      (number + count) * kPageSize > file_.size())
    return tl::unexpected(damaged(number, "lies outside the file"));
  for (std::uint64_t i = number; i < number + count; ++i) {
    if (used_[i]) return tl::unexpected(damaged(i, "is used twice"));
    used_[i] = true;
  }
  if (at<std::uint64_t>(page(number), 0) != number)
    return tl::unexpected(damaged(number, "says that it is another"));
  return {};
}

Result<ByteView> PageWalker::overflow(Tree& tree, std::uint64_t number, std::size_t size) {
  const std::uint64_t count = (kPageHeader - 1 + size) / kPageSize + 1;
  if (auto ok = claim(number, count); !ok) return tl::unexpected(ok.error());
  if (at<std::uint16_t>(page(number), kPageFlagsAt) != kOverflow ||
      at<std::uint32_t>(page(number), kOverflowPagesAt) != count)
    return tl::unexpected(damaged(number, "does not begin a long value"));
  tree.seen.overflows += count;
  return file_.subspan(number * kPageSize + kPageHeader, size);
}

// The nodes in key order. They must tile the page from `upper` to its end without gap or overlap:
// LMDB moves bytes by these numbers.
Result<std::vector<Node>> PageWalker::nodes_of(Tree& tree, std::uint64_t number, ByteView page,
                                               bool leaf) {
  const std::size_t lower = at<std::uint16_t>(page, kLowerAt);
  const std::size_t upper = at<std::uint16_t>(page, kUpperAt);
  if (lower < kPageHeader || lower % 2 != 0 || lower > upper || upper > kPageSize)
    return tl::unexpected(damaged(number, "has impossible borders"));
  std::vector<Node> nodes((lower - kPageHeader) / 2);
  std::vector<std::pair<std::size_t, std::size_t>> extents;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const std::size_t begin = at<std::uint16_t>(page, kPageHeader + 2 * i);
    if (begin < upper || begin % 2 != 0 || begin + kNodeHeader > kPageSize)
      return tl::unexpected(damaged(number, "has a node outside itself"));
    const std::uint64_t low = at<std::uint16_t>(page, begin);
    const std::uint64_t high = at<std::uint16_t>(page, begin + 2);
    const std::uint16_t flags = at<std::uint16_t>(page, begin + 4);
    const std::size_t key_size = at<std::uint16_t>(page, begin + 6);
    const std::size_t data_size = low | high << 16;
    const bool big = leaf && (flags & kBigData) != 0;
    const std::size_t stored = !leaf ? 0 : big ? sizeof(std::uint64_t) : data_size;
    const std::size_t size = kNodeHeader + key_size + stored;
    if (size > kPageSize - begin)
      return tl::unexpected(damaged(number, "has a node outside itself"));
    extents.emplace_back(begin, begin + size + size % 2);
    Node& node = nodes[i];
    node.flags = flags;
    node.key = page.subspan(begin + kNodeHeader, key_size);
    node.value = page.subspan(begin + kNodeHeader + key_size, stored);
    if (!leaf) node.child = data_size | std::uint64_t{flags} << 32;
    if (!big) continue;
    auto value = overflow(tree, at<std::uint64_t>(node.value, 0), data_size);
    if (!value) return tl::unexpected(value.error());
    node.value = *value;
  }
  std::sort(extents.begin(), extents.end());
  std::size_t border = upper;
  for (const auto& [begin, end] : extents) {
    if (begin != border) return tl::unexpected(damaged(number, "has nodes that overlap"));
    border = end;
  }
  if (border != kPageSize) return tl::unexpected(damaged(number, "has nodes that overlap"));
  return nodes;
}

}  // namespace kerros::keystore::lmdb_layout
