// What the keystore remembers, as plain values. How they lie in LMDB is the business of record.cc.
//
// Thread safety: plain values. Lifetime: own their bytes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "crypto/header.h"
#include "crypto/quickxor.h"
#include "crypto/wrap.h"

namespace kerros::keystore {

using crypto::Id;
using UnixMillis = std::uint64_t;

enum class KeyState : std::uint8_t {  // On disk: never renumber.
  kPending = 1,                       // made, not yet in a verified backup: seals nothing
  kActive = 2,                        // seals new files of its unit
  kRetired = 3,                       // opens, seals nothing
  kDestroyed = 4,                     // the key is gone
};

struct UnitKeyInfo {
  Id unit{};
  std::string unit_name;  // known at home only
  Id kek{};
  std::uint32_t version = 0;
  KeyState state = KeyState::kActive;
  UnixMillis created = 0;
};

enum class ItemState : std::uint8_t {  // On disk: never renumber.
  kPending = 1,     // durable before the last sealed byte went upstream; no item id yet
  kBound = 2,       // upstream committed it and its stored size and hash were what was sent
  kUnverified = 3,  // upstream committed it without saying size or hash: looked at again later
  kSuperseded = 4,  // a newer version of the same item is bound
  kSuspect = 5,     // what upstream stored is not what was sent, at the same cTag
  kVoid = 6,        // upstream refused it explicitly: no such bytes exist there
  kShredded = 7,    // its key is gone on purpose
};
const char* name(ItemState state);  // "bound": as listings print it
const char* name(KeyState state);

// Which bytes: everything that was known before the upload, enough to open the file without its
// prefix.
struct SealedKey {
  Id key{};  // time-ordered, fresh for every upload attempt
  Id unit{};
  Id kek{};
  std::uint32_t kek_version = 0;
  crypto::WrappedKey wrapped{};
  crypto::HeaderBytes header{};
  crypto::RecoveryBytes recovery{};
  crypto::Salt salt{};
  crypto::Commitment commitment{};
};

// Where the cloud keeps them, learned from upstream's final answer.
struct Binding {
  std::string drive_id;
  std::string item_id;
  std::string ctag;
  std::string etag;
  std::string name;  // expires with the audit log's retention
  std::string path;  // parentReference.path, likewise
  std::uint64_t plain_size = 0;
  std::uint64_t sealed_size = 0;
  crypto::QuickXorDigest plain_hash{};
  crypto::QuickXorDigest sealed_hash{};
};

struct ItemRecord {
  SealedKey sealed;
  ItemState state = ItemState::kPending;
  Binding binding;         // empty strings while pending
  std::string item_class;  // the policy class that asked for sealing
  std::string created_by;  // user principal name or app, as proven or claimed
  UnixMillis created = 0;
  UnixMillis bound = 0;  // 0 while pending
};

// One upload session of a client; `state` is written and read by gateway/transfer alone.
struct SessionRecord {
  Id session{};
  SealedKey sealed;
  UnixMillis expires = 0;
  Bytes state;  // encrypted by the keystore under a key of this session alone
};

// The authenticated head of the store. Audit checkpoints carry both fields, so that a store from
// yesterday is seen. The hash covers the rows of items and keys and the sequence itself; it is a
// keyed hash and reveals nothing of either.
struct StoreHead {
  std::uint64_t sequence = 0;  // one more with every write transaction of the items environment
  std::array<std::uint8_t, 32> set_hash{};
  bool operator==(const StoreHead&) const = default;
};

}  // namespace kerros::keystore
