// RFC 6962 tree hashes over SHA-256, for the audit log.
//
// Thread safety: one owner. Source: RFC 6962 2.1; C2SP tlog-tiles.
#pragma once

#include <array>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/result.h"

namespace kerros::crypto {

using TreeHash = std::array<std::uint8_t, 32>;

TreeHash leaf_hash(ByteView entry);                               // SHA-256(0x00 || entry)
TreeHash node_hash(const TreeHash& left, const TreeHash& right);  // SHA-256(0x01 || l || r)

// A growing tree that keeps only its right border (log2 n hashes).
class TreeHead {
 public:
  void append(const TreeHash& leaf);
  std::uint64_t size() const { return size_; }
  TreeHash root() const;  // SHA-256 of the empty string for an empty tree

 private:
  std::vector<TreeHash> border_;
  std::uint64_t size_ = 0;
};

}  // namespace kerros::crypto
