// Remembers keys and items durably: a handful of verbs, each one atomic operation with its
// precondition. No overwrite exists in the vocabulary.
//
// Three LMDB environments: keys (root sealing, unit keys), items (records and index, synced),
// sessions (on tmpfs, unsynced: kill -9 leaves them, power loss removes them). Writes are queued to
// one committer thread and committed in groups; a verb's completion runs on that thread after the
// group is durable. Reads run in the caller's thread and return copies: no transaction, cursor or
// mapped view leaves this room.
//
// Errors: kUnavailable when the store cannot be written now, kFull when a map or the disk is full
// (nothing was written), kConflict when a precondition does not hold, kNotFound, kNotAuthentic when
// a record was changed on disk.
// Thread safety: every member may be called from any thread, but open() forks children for its
// checks: call it before other threads start. A completion runs on a committer's thread, or in the
// caller's before the verb returns when the request is refused without a transaction. It must not
// block.
// The process should ignore SIGXFSZ: a limit on file sizes is then an error like a full disk.
// Lifetime: completions still queued when the store closes run with kUnavailable.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "crypto/derive.h"
#include "crypto/result.h"
#include "crypto/secret.h"
#include "keystore/key_versions.h"
#include "keystore/records.h"
#include "keystore/unseal.h"

namespace kerros::keystore {

struct StoreParams {
  std::string directory;                                    // holds keys/, items/ and the lock file
  std::string sessions_directory;                           // on tmpfs
  std::uint64_t items_map_bytes = std::uint64_t{64} << 30;  // sparse
  std::uint64_t sessions_map_bytes = std::uint64_t{1} << 30;
  std::size_t transfer_slots = 4096;  // file keys that may be in use at once
};

struct CreateParams {
  std::string directory;  // absent or empty; appears whole or not at all
  std::string unit_name;
  UnsealWith unseal;
  UnixMillis now = 0;
};

using Done = std::function<void(Status)>;

// A new file key: the DEK in a locked slot and everything a pending record needs. Nothing is
// stored yet.
struct NewKey {
  crypto::SecretPool::Slot dek;
  SealedKey sealed;
};
// How the caller asks for one. `commit_to` gets the DEK, header and salt and returns the
// commitment, since the wrap is bound to it.
struct NewKeyParams {
  Id unit{};
  crypto::Suite suite = crypto::Suite::kAes256Gcm;
  UnixMillis now = 0;
};
using CommitTo = std::function<Result<crypto::Commitment>(const crypto::Header&,
                                                          const crypto::Salt&, ByteView dek)>;

struct ScanFilter {
  std::string drive_id;    // empty: any
  std::string item_id;     // empty: any
  bool all_states = true;  // false: bound and unverified ones
};

struct PeopleForgotten {
  Id last{};  // looked at
  bool complete = false;
  std::uint64_t records = 0;  // changed
};

// How many intents may be unspent: in all, of one person, and of one file for items that upstream
// has not named yet, which are what a listing of that file is compared with. A row takes about half
// a kilobyte, on disk and in memory.
inline constexpr std::size_t kMostIntents = 20'000;
inline constexpr std::size_t kMostIntentsOfOne = 5'000;
inline constexpr std::size_t kMostIntentsForAFile = 100;
inline constexpr std::size_t kMostIntentsAtOnce = 256;  // a transaction stays short
inline constexpr std::size_t kMostSeen = 20'000;        // items with something refused

class KeyStore {
 public:
  // Makes a new store: root, its sealing, the first unit and version 1 of its key (active).
  // kConflict when the directory already holds one.
  static Status create(CreateParams params);

  // Takes the store lock (kConflict "another process has this store open" otherwise), checks both
  // environments whole in a child process (a damaged page can end a process that maps it), then
  // unseals. kNotAuthentic with the record's name when anything was changed, put back or removed.
  static Result<std::unique_ptr<KeyStore>> open(StoreParams params, UnsealWith unseal);
  virtual ~KeyStore() = default;

  // --- keys ---
  virtual Id tenant() const = 0;  // random id of this installation, in every header
  virtual Result<UnitKeyInfo> active_key(const Id& unit) const = 0;
  virtual std::vector<UnitKeyInfo> unit_keys() const = 0;
  virtual Result<NewKey> make_key(const NewKeyParams& params, const CommitTo& commit_to) = 0;
  virtual Result<crypto::SecretPool::Slot> unlock(const SealedKey& sealed) = 0;
  // Derived once at start for url tokens, audit seal and the like.
  virtual Result<crypto::SecretBytes> derived_key(crypto::Purpose purpose,
                                                  ByteView context) const = 0;

  // --- versions of unit keys ---
  // These wait for what they write, and must not be called from a completion.
  // Every version, destroyed ones too, with what stands under it.
  virtual Result<std::vector<KeyUse>> key_usage() const = 0;
  // The next version of the unit's key, pending; or the one that is pending already.
  virtual Result<UnitKeyInfo> make_version(const Id& unit, UnixMillis now) = 0;
  // From kActive on the very next make_key() uses it. kConflict: it cannot become that
  // (key_versions.h), or something stands under it. kNotFound: there is no such version.
  virtual Status set_key_state(const VersionId& version, KeyState to) = 0;
  // Moves a slice of the records that stand under older versions to the active one of their unit.
  // Those that change meanwhile are left out: begin again at the end, until nothing is left.
  virtual Result<Rewrapped> rewrap(const RewrapParams& params) = 0;

  // --- items ---
  // kConflict: the key id exists. Stored under the active version, should that have moved since
  // the key was made; kNotFound: the version it was made under was destroyed meanwhile.
  virtual void put_pending(ItemRecord record, Done done) = 0;
  // Pending becomes bound, unverified, suspect, or superseded (a newer version is bound already);
  // other bound and unverified versions of the item become superseded when `newest` says so. The
  // wrap moves to the unit's active key version if that moved meanwhile. kNotFound: no such pending
  // record.
  virtual void bind(const Id& key, Binding binding, ItemState state, bool newest, UnixMillis now,
                    Done done) = 0;
  // kConflict: it is not in `from`, or no record goes from there to `to` (pending only becomes void
  // here; void and shredded are final).
  virtual void set_state(const Id& record, ItemState from, ItemState to, Done done) = 0;
  virtual Result<ItemRecord> find(const Id& record) const = 0;
  // All versions of an item, newest record first; empty when it was never sealed here.
  virtual Result<std::vector<ItemRecord>> versions(std::string_view drive_id,
                                                   std::string_view item_id) const = 0;
  // The newest record of each (drive, item) that is bound or unverified, in the order asked; absent
  // ones stay empty.
  struct ItemRef {
    std::string_view drive_id;
    std::string_view item_id;
  };
  virtual Result<std::vector<std::unique_ptr<ItemRecord>>> newest_bound(
      std::span<const ItemRef> items) const = 0;
  // In the order of record ids, from `after` (exclusive; zero id: the beginning), at most `limit`
  // records.
  virtual Result<std::vector<ItemRecord>> scan(const Id& after, std::size_t limit,
                                               const ScanFilter& filter) const = 0;
  // Every record of one file: the item it was uploaded as, and its copies. Empty: unknown key.
  virtual Result<std::vector<ItemRecord>> bindings(const Id& key) const = 0;
  // The record's item has another name, path, eTag or cTag, or was published; the file is the same.
  // kConflict: the binding names another item.
  virtual void refresh(const Id& record, Binding binding, Done done) = 0;
  // Takes out of a slice of the records made before then who wrote them, and out of those that are
  // no item's present version name and path. Records that change meanwhile are left out. Waits: not
  // from a completion. `after` is exclusive; go on with `last` until it is complete.
  virtual Result<PeopleForgotten> forget_people(UnixMillis before, const Id& after) = 0;
  virtual std::uint64_t item_count() const = 0;
  virtual StoreHead head() const = 0;

  // --- intents ---
  // All or none, at most kMostIntentsAtOnce; forgets those that have expired. kConflict: one
  // exists. kFull: what intents_fit() says.
  virtual void put_intents(std::vector<Intent> intents, UnixMillis now, Done done) = 0;
  // kFull where these, with all that are unspent, would be more than a bound above allows. Looked
  // at before a long row of them is put; what is put is held against the bounds once more.
  virtual Status intents_fit(std::span<const Intent> intents, UnixMillis now) const = 0;
  // Upstream told which item it is. kNotFound: it was spent, or has expired.
  virtual void pin_intent(const Intent& intent, std::string item_id, Done done) = 0;
  virtual void drop_intents(std::vector<Intent> intents, Done done) = 0;  // kMostIntentsAtOnce too
  // Spends it, in one transaction: a copy gets a record of its own, a restored version becomes the
  // newest one; other versions of the item become superseded. Sizes and hashes are those of the
  // file. kNotFound: it was spent before. kConflict: the file is not one that can be read, or the
  // binding is not what was asked for.
  virtual void fulfil(const Intent& intent, Binding binding, UnixMillis now, Done done) = 0;
  // Unspent and unexpired ones that could have brought the file of these stored bytes to that item:
  // pinned to it, or to none yet. Told from memory: other intents cost nothing.
  virtual std::vector<Intent> intents_for(const crypto::QuickXorDigest& stored,
                                          std::string_view drive_id, std::string_view item_id,
                                          UnixMillis now) const = 0;
  virtual std::uint64_t intent_count() const = 0;  // kSeen not included
  // Remembers what was refused for an item, the last one. kFull: kMostSeen are.
  virtual void put_seen(Intent seen, Done done) = 0;
  // kNotFound also where that has expired, or the item got a version since.
  virtual Result<Intent> find_seen(std::string_view drive_id, std::string_view item_id,
                                   UnixMillis now) const = 0;
  // Makes what was refused the item's newest version; `seen` must still be what is remembered
  // (kConflict), as find_seen() tells it. Plain bytes: its sealed versions become superseded.
  virtual void accept_seen(const Intent& seen, UnixMillis now, Done done) = 0;

  // --- sessions ---
  virtual void put_session(SessionRecord record, Done done) = 0;  // kConflict: it exists
  // Replaces the record and forgets claimed tags of chunks below `tags_below`, in one transaction.
  virtual void update_session(SessionRecord record, std::uint64_t tags_below, Done done) = 0;
  // Claims chunk tags, put if absent or equal, all or none; kConflict when one differs. To be
  // awaited before any of their bytes leaves. `tags` is a run of 16-byte tags.
  virtual void claim_tags(const Id& session, std::uint64_t first_chunk, Bytes tags, Done done) = 0;
  virtual void erase_session(const Id& session, Done done) = 0;  // succeeds when it is gone already
  virtual Result<SessionRecord> find_session(const Id& session) const = 0;
  virtual Result<std::vector<Id>> expired_sessions(UnixMillis now) const = 0;  // expires <= now

  // --- health ---
  virtual Status check_writable() = 0;  // commits an empty change of the head, waits for it
  virtual std::size_t queued() const = 0;
};

}  // namespace kerros::keystore
