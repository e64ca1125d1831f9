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
  kRetired = 3,                       // nothing stands under it, and nothing will
  kDestroyed = 4,                     // the key is gone
  kReplaced = 5,                      // a newer one seals; opens what still stands under it
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
// Whether it can be the version that the item has now.
inline bool is_current(ItemState state) {
  return state == ItemState::kBound || state == ItemState::kUnverified;
}
// Whether it says that the item is a sealed one: plain bytes for it are not what was stored.
inline bool says_sealed(ItemState state) {
  return is_current(state) || state == ItemState::kSuspect;
}
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
  std::string name;    // expires with the audit log's retention
  std::string path;    // parentReference.path, likewise
  bool draft = false;  // upstream said that it is checked out, or a minor version: not published
  std::uint64_t plain_size = 0;
  std::uint64_t sealed_size = 0;
  crypto::QuickXorDigest plain_hash{};
  crypto::QuickXorDigest sealed_hash{};
};

// One item that holds one sealed file. A copy in the cloud is the same file under the same key in
// another item: a record of its own, which shares the key id.
struct ItemRecord {
  Id id{};  // of the record: the key id, but for copies, which have one of their own
  SealedKey sealed;
  ItemState state = ItemState::kPending;
  Binding binding;         // empty strings while pending
  std::string item_class;  // the policy class that asked for sealing
  std::string created_by;  // user principal name or app, as proven or claimed
  UnixMillis created = 0;
  UnixMillis bound = 0;  // 0 while pending
};

enum class IntentKind : std::uint8_t {  // On disk: never renumber.
  kCopy = 1,                            // another item will hold the same file
  kMove = 2,                            // the same, and the item that it came from goes
  kRestore = 3,                         // an older version of the item becomes the current one
  kSeen = 4,  // nobody asked: upstream served this for the item, and it was refused
};

// What makes a known file legitimate where the records do not expect it: asked for through the
// gateway, spent once, expires unspent. With kSeen it is only remembered, so that a person can
// accept exactly what was refused.
struct Intent {
  Id id{};  // zero with kSeen: one for each item
  IntentKind kind = IntentKind::kCopy;
  Id key{};               // of the file; zero with kSeen: it was not sealed at all
  Id record{};            // the record it is known by
  std::string drive_id;   // where it will be, or was served
  std::string item_id;    // empty until upstream tells it
  std::string parent;     // path of the folder it will lie in, from the drive's root; empty: any
  std::string name;       // as asked for; empty: any
  bool replaces = false;  // it may become a version of an item that was sealed here before
  std::string asked_by;
  std::uint64_t audit_intent = 0;  // where the log says so
  UnixMillis created = 0;
  UnixMillis expires = 0;
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
