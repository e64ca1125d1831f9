// The keys a store derives from its root once, at start.
//
// Thread safety: const after make. Source: docs/format.md 4.1.
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

// The context of a sealed value: what kind of value it is, then what it belongs to. The label says
// which key; without the kind, values under one key could stand in for each other.
Bytes sealed_context(std::string_view kind, ByteView belongs_to);

}  // namespace kerros::keystore
