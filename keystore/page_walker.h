// Walks the pages of one LMDB file and checks each against what its parent says.
//
// Thread safety: one walk at a time. Lifetime: the file's bytes outlive the walker.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "keystore/page_layout.h"
#include "keystore/pages.h"

namespace kerros::keystore::lmdb_layout {

struct Node {
  std::uint16_t flags = 0;
  ByteView key;
  ByteView value;           // of a leaf; an overflow value is resolved already
  std::uint64_t child = 0;  // of a branch
};

enum class KeyOrder { kBytes, kNumber };

// Which keys a subtree may hold, as its ancestors say. Empty: no bound on that side.
struct Bounds {
  std::optional<ByteView> from;
  std::optional<ByteView> below;
};

class PageWalker {
 public:
  PageWalker(ByteView file, std::string name) : file_(file), name_(std::move(name)) {}

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

}  // namespace kerros::keystore::lmdb_layout
