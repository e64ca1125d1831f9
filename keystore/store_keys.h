// The keys a store derives from its root once, at start.
//
// Thread safety: const after make. Source: docs/format.md 4.
#pragma once

#include "crypto/derive.h"

namespace kerros::keystore {

struct StoreKeys {
  crypto::SecretBytes kek_wrap;    // unit keys
  crypto::SecretBytes record_mac;  // every stored row
  crypto::SecretBytes metadata;    // what rows hold
  crypto::SecretBytes set_hash;    // which rows exist
  crypto::SecretBytes index;       // names of items in the index

  static Result<StoreKeys> derive(const crypto::RootKey& root);
};

}  // namespace kerros::keystore
