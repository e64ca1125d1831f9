// The trees of a file: every page below a root, the named databases, the list of freed pages.
#include <algorithm>

#include "keystore/page_walker.h"

namespace kerros::keystore::lmdb_layout {

namespace {

bool less(KeyOrder order, ByteView a, ByteView b) {
  if (order == KeyOrder::kNumber) return at<std::uint64_t>(a, 0) < at<std::uint64_t>(b, 0);
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end());
}

}  // namespace

Status PageWalker::walk_leaf(Tree& tree, std::uint64_t number, std::span<const Node> nodes,
                             const Bounds& bounds) {
  ++tree.seen.leaves;
  for (const Node& node : nodes) {
    if (tree.order == KeyOrder::kNumber && node.key.size() != sizeof(std::uint64_t))
      return tl::unexpected(damaged(number, "has a key of the wrong size"));
    if (node.key.empty() || (tree.last_key && !less(tree.order, *tree.last_key, node.key)) ||
        (bounds.from && less(tree.order, node.key, *bounds.from)) ||
        (bounds.below && !less(tree.order, node.key, *bounds.below)))
      return tl::unexpected(damaged(number, "has a key out of order"));
    tree.last_key = node.key;
    ++tree.seen.entries;
    if (auto ok = (*tree.on_leaf)(node); !ok) return ok;
  }
  return {};
}

Status PageWalker::walk_branch(Tree& tree, std::uint64_t number, std::span<const Node> nodes,
                               unsigned levels, const Bounds& bounds) {
  ++tree.seen.branches;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    // The key of the first child is never looked at: it holds whatever is smaller.
    if (i > 0 && tree.order == KeyOrder::kNumber && nodes[i].key.size() != sizeof(std::uint64_t))
      return tl::unexpected(damaged(number, "has a key of the wrong size"));
    Bounds child = bounds;
    if (i > 0) child.from = nodes[i].key;
    if (i + 1 < nodes.size()) child.below = nodes[i + 1].key;
    if (tree.order == KeyOrder::kNumber && child.below &&
        child.below->size() != sizeof(std::uint64_t))
      return tl::unexpected(damaged(number, "has a key of the wrong size"));
    if (auto ok = walk_page(tree, nodes[i].child, levels - 1, child); !ok) return ok;
  }
  return {};
}

Status PageWalker::walk_page(Tree& tree, std::uint64_t number, unsigned levels,
                             const Bounds& bounds) {
  if (auto ok = claim(number); !ok) return ok;
  const bool leaf = levels == 1;
  const ByteView bytes = page(number);
  if (at<std::uint16_t>(bytes, kPageFlagsAt) != (leaf ? kLeaf : kBranch))
    return tl::unexpected(damaged(number, "is of another kind than its parent says"));
  auto nodes = nodes_of(tree, number, bytes, leaf);
  if (!nodes) return tl::unexpected(nodes.error());
  if (nodes->size() < (leaf ? 1U : 2U)) return tl::unexpected(damaged(number, "is empty"));
  return leaf ? walk_leaf(tree, number, *nodes, bounds)
              : walk_branch(tree, number, *nodes, levels, bounds);
}

Status PageWalker::walk_tree(const Db& db, KeyOrder order, const OnLeaf& on_leaf) {
  constexpr unsigned kMostLevels = 32;  // LMDB's own limit
  Tree tree;
  tree.order = order;
  tree.on_leaf = &on_leaf;
  if ((db.root == kNoPage) != (db.depth == 0) || db.depth > kMostLevels)
    return tl::unexpected(damaged(db.root, "is no root"));
  if (db.root != kNoPage)
    if (auto ok = walk_page(tree, db.root, db.depth, {}); !ok) return ok;
  if (tree.seen.branches != db.branches || tree.seen.leaves != db.leaves ||
      tree.seen.overflows != db.overflows || tree.seen.entries != db.entries)
    return tl::unexpected(damaged(db.root, "does not lead to what its database counts"));
  return {};
}

// Each value: a count, then page numbers, largest first. None may be in use or freed twice.
Status PageWalker::walk_free() {
  std::vector<std::uint64_t> freed;
  const auto collect = [&](const Node& node) -> Status {
    const std::uint64_t count =
        node.value.size() >= 8 ? at<std::uint64_t>(node.value, 0) : node.value.size();
    if (node.flags > kBigData || at<std::uint64_t>(node.key, 0) > txn_ ||
        node.value.size() % 8 != 0 || count >= node.value.size() / 8)
      return tl::unexpected(damaged(free_.root, "leads to a broken list of freed pages"));
    for (std::uint64_t i = 1; i <= count; ++i) {
      freed.push_back(at<std::uint64_t>(node.value, 8 * i));
      if (i > 1 && freed[freed.size() - 2] <= freed.back())
        return tl::unexpected(damaged(free_.root, "leads to a broken list of freed pages"));
    }
    return {};
  };
  if (auto ok = walk_tree(free_, KeyOrder::kNumber, collect); !ok) return ok;
  for (const std::uint64_t number : freed) {
    if (number > last_page_ || used_[number])
      return tl::unexpected(damaged(number, "is freed and in use"));
    used_[number] = true;
  }
  return {};
}

Status PageWalker::walk_main(const VisitRow& visit) {
  return walk_tree(main_, KeyOrder::kBytes, [&](const Node& entry) -> Status {
    if (entry.flags != kSubDatabase || entry.value.size() != kDbSize)
      return tl::unexpected(damaged(main_.root, "names something else than a database"));
    const Db db = read_db(entry.value, 0);
    if (db.flags != 0 || db.pad != 0)
      return tl::unexpected(damaged(main_.root, "names a database of another kind"));
    return walk_tree(db, KeyOrder::kBytes, [&](const Node& node) -> Status {
      if (node.flags > kBigData)
        return tl::unexpected(damaged(db.root, "leads to a row of another kind"));
      return visit({as_text(entry.key), node.key, node.value});
    });
  });
}

Status PageWalker::walk(const VisitRow& visit) {
  if (auto ok = walk_main(visit); !ok) return ok;
  return walk_free();
}

}  // namespace kerros::keystore::lmdb_layout
