#include "crypto/merkle.h"

#include <sodium.h>

#include "crypto/hkdf.h"

namespace kerros::crypto {
namespace {

// RFC 6962 2.1: the first byte keeps a leaf from passing for a node.
TreeHash hash_with(std::uint8_t prefix, ByteView first, ByteView second) {
  crypto_hash_sha256_state state;
  crypto_hash_sha256_init(&state);
  crypto_hash_sha256_update(&state, &prefix, 1);
  crypto_hash_sha256_update(&state, first.data(), first.size());
  crypto_hash_sha256_update(&state, second.data(), second.size());
  TreeHash hash{};
  crypto_hash_sha256_final(&state, hash.data());
  return hash;
}

}  // namespace

TreeHash leaf_hash(ByteView entry) { return hash_with(0, entry, {}); }

TreeHash node_hash(const TreeHash& left, const TreeHash& right) {
  return hash_with(1, left, right);
}

// The border holds one perfect tree for every 1 bit of the size, the largest first; adding a leaf
// is adding one to that number, and every carry joins two trees.
void TreeHead::append(const TreeHash& leaf) {
  border_.push_back(leaf);
  for (std::uint64_t carry = size_; (carry & 1) != 0; carry >>= 1) {
    const TreeHash right = border_.back();
    border_.pop_back();
    border_.back() = node_hash(border_.back(), right);
  }
  ++size_;
}

TreeHash TreeHead::root() const {
  if (border_.empty()) return sha256({});
  TreeHash root = border_.back();
  for (std::size_t i = border_.size() - 1; i-- > 0;) root = node_hash(border_[i], root);
  return root;
}

}  // namespace kerros::crypto
