// The sessions environment on tmpfs: records, claimed chunk tags, the index by expiry.
//
//   sessions  session(16)             -> record.h
//   tags      session(16) chunk(8)    -> tag(16)
//   expiry    expires(8) session(16)  -> nothing
//
// Thread safety: every member from any thread. Writes run on this environment's committer.
// Lifetime: root key and ring must outlive it.
#pragma once

#include <memory>

#include "keystore/committer.h"
#include "keystore/key_ring.h"
#include "keystore/records.h"
#include "keystore/store_keys.h"

namespace kerros::keystore {

class Sessions {
 public:
  static EnvParams env_params(const std::string& directory, std::uint64_t map_bytes);
  // Writes `owner` when the environment is new.
  static Result<std::unique_ptr<Sessions>> open(std::unique_ptr<Env> env,
                                                const crypto::RootKey& root, const KeyRing& ring,
                                                ByteView owner);

  // kUnavailable: the version of the unit key it stands under takes no new sessions any more.
  void put(const SessionRecord& record, Done done);
  void update(const SessionRecord& record, std::uint64_t tags_below, Done done);
  void claim_tags(const Id& session, std::uint64_t first_chunk, Bytes tags, Done done);
  void erase(const Id& session, Done done);
  Result<SessionRecord> find(const Id& session) const;
  Result<std::vector<Id>> expired(UnixMillis now) const;
  // Which versions of unit keys sessions stand under, and until when.
  Result<std::vector<std::pair<VersionId, UnixMillis>>> uses() const;
  Status settle();  // waits for everything queued before
  std::size_t queued() const { return committer_->queued(); }

 private:
  Sessions(std::unique_ptr<Env> env, const crypto::RootKey& root, const KeyRing& ring);
  Status apply_put(WriteTxn& txn, const Id& session, const VersionId& version, ByteView stored);
  Status apply_update(WriteTxn& txn, const Id& session, ByteView stored, std::uint64_t tags_below);
  Status apply_claim(WriteTxn& txn, const Id& session, std::uint64_t first_chunk, ByteView tags);
  Status apply_erase(WriteTxn& txn, const Id& session);
  Status forget_tags(WriteTxn& txn, const Id& session, std::uint64_t below);
  Result<bool> exists(Txn& txn, const Id& session) const;
  Status forget_expiry(WriteTxn& txn, const Id& session);

  std::unique_ptr<Env> env_;
  const crypto::RootKey& root_;
  const KeyRing& ring_;
  std::unique_ptr<Committer> committer_;  // last: stops first
};

}  // namespace kerros::keystore
