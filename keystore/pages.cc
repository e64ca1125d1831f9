#include "keystore/pages.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <optional>

#include "keystore/fd.h"
#include "keystore/page_layout.h"

namespace kerros::keystore {
namespace {

using namespace lmdb_layout;

class Mapping {
 public:
  explicit Mapping(ByteView bytes) : bytes_(bytes) {}
  ~Mapping() { ::munmap(const_cast<std::uint8_t*>(bytes_.data()), bytes_.size()); }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  ByteView bytes() const { return bytes_; }

 private:
  ByteView bytes_;
};

struct Node {
  std::uint16_t flags = 0;
  ByteView key;
  ByteView value;           // of a leaf; an overflow value is resolved already
  std::uint64_t child = 0;  // of a branch
};

enum class KeyOrder { kBytes, kNumber };

bool less(KeyOrder order, ByteView a, ByteView b) {
  if (order == KeyOrder::kNumber) return at<std::uint64_t>(a, 0) < at<std::uint64_t>(b, 0);
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end());
}

// Which keys a subtree may hold, as its ancestors say. Empty: no bound on that side.
struct Bounds {
  std::optional<ByteView> from;
  std::optional<ByteView> below;
};

class Walker {
 public:
  Walker(ByteView file, std::string name) : file_(file), name_(std::move(name)) {}

  Status start(std::uint64_t map_bytes);
  Status walk(const VisitRow& visit);

 private:
  using OnLeaf = std::function<Status(const Node&)>;
  struct Tree {
    KeyOrder order = KeyOrder::kBytes;
    Db seen{};  // counted while walking
    std::optional<ByteView> last_key;
    const OnLeaf* on_leaf = nullptr;
  };

  Error damaged(std::uint64_t page, std::string_view what) const {
    return {ErrorCode::kNotAuthentic, "the store is damaged: " + name_ + ": page " +
                                          std::to_string(page) + " " + std::string(what)};
  }
  Status walk_tree(const Db& db, KeyOrder order, const OnLeaf& on_leaf);
  Status walk_page(Tree& tree, std::uint64_t number, unsigned levels, const Bounds& bounds);
  Status walk_leaf(Tree& tree, std::uint64_t number, std::span<const Node> nodes,
                   const Bounds& bounds);
  Status walk_branch(Tree& tree, std::uint64_t number, std::span<const Node> nodes, unsigned levels,
                     const Bounds& bounds);
  Result<std::vector<Node>> nodes_of(Tree& tree, std::uint64_t number, ByteView page, bool leaf);
  Result<ByteView> overflow(Tree& tree, std::uint64_t number, std::size_t size);
  Status claim(std::uint64_t number, std::uint64_t count = 1);
  Status walk_free();
  Status walk_main(const VisitRow& visit);
  ByteView page(std::uint64_t number) const { return file_.subspan(number * kPageSize, kPageSize); }

  ByteView file_;
  std::string name_;
  Db free_{};
  Db main_{};
  std::uint64_t last_page_ = 0;
  std::uint64_t txn_ = 0;
  std::vector<bool> used_;
};

Status Walker::start(std::uint64_t map_bytes) {
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

Status Walker::claim(std::uint64_t number, std::uint64_t count) {
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

Result<ByteView> Walker::overflow(Tree& tree, std::uint64_t number, std::size_t size) {
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
Result<std::vector<Node>> Walker::nodes_of(Tree& tree, std::uint64_t number, ByteView page,
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

Status Walker::walk_leaf(Tree& tree, std::uint64_t number, std::span<const Node> nodes,
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

Status Walker::walk_branch(Tree& tree, std::uint64_t number, std::span<const Node> nodes,
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

Status Walker::walk_page(Tree& tree, std::uint64_t number, unsigned levels, const Bounds& bounds) {
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

Status Walker::walk_tree(const Db& db, KeyOrder order, const OnLeaf& on_leaf) {
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
Status Walker::walk_free() {
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

Status Walker::walk_main(const VisitRow& visit) {
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

Status Walker::walk(const VisitRow& visit) {
  if (auto ok = walk_main(visit); !ok) return ok;
  return walk_free();
}

}  // namespace

Status walk_file(const std::string& file, std::uint64_t map_bytes, const VisitRow& visit) {
  const Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat info{};
  if (!fd || ::fstat(fd.get(), &info) != 0)
    return fail(ErrorCode::kUnavailable, "cannot read " + file + ": " + errno_text());
  const auto size = static_cast<std::size_t>(info.st_size) / kPageSize * kPageSize;
  if (size == 0)
    return fail(ErrorCode::kNotAuthentic, "the store is damaged: " + file + " is empty");
  void* mapped = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, fd.get(), 0);
  if (mapped == MAP_FAILED)
    return fail(ErrorCode::kUnavailable, "cannot read " + file + ": " + errno_text());
  const Mapping mapping(ByteView(static_cast<const std::uint8_t*>(mapped), size));
  Walker walker(mapping.bytes(), file);
  if (auto ok = walker.start(map_bytes); !ok) return ok;
  return walker.walk(visit);
}

}  // namespace kerros::keystore
