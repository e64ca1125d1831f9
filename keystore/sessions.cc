#include "keystore/sessions.h"

#include <algorithm>
#include <limits>

#include "keystore/check.h"
#include "keystore/record.h"

namespace kerros::keystore {
namespace {

constexpr std::size_t kRecords = 0, kTags = 1, kExpiry = 2, kOwner = 3;
constexpr std::size_t kTagSize = 16;
constexpr std::uint64_t kEveryChunk = std::numeric_limits<std::uint64_t>::max();

using PairKey = std::array<std::uint8_t, 24>;

PairKey tag_key(const Id& session, std::uint64_t chunk) {
  PairKey key{};
  std::copy(session.begin(), session.end(), key.begin());
  store_be(MutableByteView(key).last(8), chunk);
  return key;
}

PairKey expiry_key(UnixMillis expires, const Id& session) {
  PairKey key{};
  store_be(MutableByteView(key).first(8), expires);
  std::copy(session.begin(), session.end(), key.begin() + 8);
  return key;
}

UnixMillis expires_of(ByteView stored) { return load_be<std::uint64_t>(stored.subspan(1)); }

Error not_there(const Id& session) {
  return {ErrorCode::kNotFound, "there is no session " + to_hex(session)};
}

}  // namespace

EnvParams Sessions::env_params(const std::string& directory, std::uint64_t map_bytes) {
  return {directory, map_bytes, {"sessions", "tags", "expiry", std::string(kOwnerDb)}, false};
}

Result<std::unique_ptr<Sessions>> Sessions::open(std::unique_ptr<Env> env,
                                                 const crypto::RootKey& root, const KeyRing& ring,
                                                 ByteView owner) {
  std::unique_ptr<Sessions> sessions(new Sessions(std::move(env), root, ring));
  const Env& opened = *sessions->env_;
  auto written = sessions->committer_->submit_and_wait(
      [&](WriteTxn& txn) { return txn.put(opened.db(kOwner), as_bytes(kOwnerDb), owner); });
  if (!written) return tl::unexpected(written.error());
  return sessions;
}

Sessions::Sessions(std::unique_ptr<Env> env, const crypto::RootKey& root, const KeyRing& ring)
    : env_(std::move(env)),
      root_(root),
      ring_(ring),
      committer_(std::make_unique<Committer>(*env_, Committer::Hooks{})) {}

void Sessions::put(const SessionRecord& record, Done done) {
  auto stored = encode_session(root_, record);
  if (!stored) return done(tl::unexpected(stored.error()));
  committer_->submit([this, session = record.session, version = version_of(record.sealed),
                      stored = std::move(*stored)](
                         WriteTxn& txn) { return apply_put(txn, session, version, stored); },
                     std::move(done));
}

Status Sessions::apply_put(WriteTxn& txn, const Id& session, const VersionId& version,
                           ByteView stored) {
  if (!ring_.admits(version))
    return fail(ErrorCode::kUnavailable, "version " + std::to_string(version.version) +
                                             " of the unit key takes no new sessions");
  if (auto ok = txn.insert(env_->db(kRecords), session, stored); !ok) return ok;
  return txn.put(env_->db(kExpiry), expiry_key(expires_of(stored), session), {});
}

void Sessions::update(const SessionRecord& record, std::uint64_t tags_below, Done done) {
  auto stored = encode_session(root_, record);
  if (!stored) return done(tl::unexpected(stored.error()));
  committer_->submit([this, session = record.session, stored = std::move(*stored), tags_below](
                         WriteTxn& txn) { return apply_update(txn, session, stored, tags_below); },
                     std::move(done));
}

Status Sessions::apply_update(WriteTxn& txn, const Id& session, ByteView stored,
                              std::uint64_t tags_below) {
  auto there = exists(txn, session);
  if (!there) return tl::unexpected(there.error());
  if (!*there) return tl::unexpected(not_there(session));
  if (auto ok = forget_expiry(txn, session); !ok) return ok;
  if (auto ok = forget_tags(txn, session, tags_below); !ok) return ok;
  if (auto ok = txn.put(env_->db(kRecords), session, stored); !ok) return ok;
  return txn.put(env_->db(kExpiry), expiry_key(expires_of(stored), session), {});
}

void Sessions::claim_tags(const Id& session, std::uint64_t first_chunk, Bytes tags, Done done) {
  if (tags.size() % kTagSize != 0 || tags.size() / kTagSize > kEveryChunk - first_chunk)
    return done(fail(ErrorCode::kMalformed, "tags are 16 bytes each"));
  committer_->submit([this, session, first_chunk, tags = std::move(tags)](
                         WriteTxn& txn) { return apply_claim(txn, session, first_chunk, tags); },
                     std::move(done));
}

Status Sessions::apply_claim(WriteTxn& txn, const Id& session, std::uint64_t first_chunk,
                             ByteView tags) {
  auto there = exists(txn, session);
  if (!there) return tl::unexpected(there.error());
  if (!*there) return tl::unexpected(not_there(session));
  // All are compared before the first is written: all or none.
  std::vector<std::uint64_t> absent;
  for (std::uint64_t i = 0; i < tags.size() / kTagSize; ++i) {
    auto claimed = txn.get(env_->db(kTags), tag_key(session, first_chunk + i));
    if (!claimed) return tl::unexpected(claimed.error());
    if (!*claimed) {
      absent.push_back(i);
    } else if (!std::ranges::equal(**claimed, tags.subspan(i * kTagSize, kTagSize))) {
      return fail(ErrorCode::kConflict, "chunk " + std::to_string(first_chunk + i) +
                                            " was sealed with other content before");
    }
  }
  for (const std::uint64_t i : absent) {
    const ByteView tag = tags.subspan(i * kTagSize, kTagSize);
    if (auto ok = txn.insert(env_->db(kTags), tag_key(session, first_chunk + i), tag); !ok)
      return ok;
  }
  return {};
}

void Sessions::erase(const Id& session, Done done) {
  committer_->submit([this, session](WriteTxn& txn) { return apply_erase(txn, session); },
                     std::move(done));
}

Status Sessions::apply_erase(WriteTxn& txn, const Id& session) {
  if (auto ok = forget_expiry(txn, session); !ok) return ok;
  if (auto ok = forget_tags(txn, session, kEveryChunk); !ok) return ok;
  return txn.erase(env_->db(kRecords), session);
}

Result<bool> Sessions::exists(Txn& txn, const Id& session) const {
  return txn.get(env_->db(kRecords), session).map([](const auto& stored) {
    return stored.has_value();
  });
}

Status Sessions::forget_expiry(WriteTxn& txn, const Id& session) {
  auto stored = txn.get(env_->db(kRecords), session);
  if (!stored) return tl::unexpected(stored.error());
  if (!*stored || (*stored)->size() < 9) return {};
  return txn.erase(env_->db(kExpiry), expiry_key(expires_of(**stored), session));
}

Status Sessions::forget_tags(WriteTxn& txn, const Id& session, std::uint64_t below) {
  std::vector<PairKey> keys;
  const auto collect = [&](ByteView key, ByteView) {
    if (key.size() != sizeof(PairKey) || !std::equal(session.begin(), session.end(), key.begin()) ||
        load_be<std::uint64_t>(key.last(8)) >= below)
      return false;
    keys.emplace_back();
    std::copy(key.begin(), key.end(), keys.back().begin());
    return true;
  };
  if (auto ok = txn.walk(env_->db(kTags), tag_key(session, 0), collect); !ok) return ok;
  for (const PairKey& key : keys)
    if (auto ok = txn.erase(env_->db(kTags), key); !ok) return ok;
  return {};
}

Result<SessionRecord> Sessions::find(const Id& session) const {
  auto txn = ReadTxn::begin(*env_);
  if (!txn) return tl::unexpected(txn.error());
  auto stored = (*txn)->get(env_->db(kRecords), session);
  if (!stored) return tl::unexpected(stored.error());
  if (!*stored) return tl::unexpected(not_there(session));
  return decode_session(root_, session, **stored);
}

Result<std::vector<std::pair<VersionId, UnixMillis>>> Sessions::uses() const {
  auto txn = ReadTxn::begin(*env_);
  if (!txn) return tl::unexpected(txn.error());
  std::vector<std::pair<VersionId, UnixMillis>> found;
  Status failed;
  const auto visit = [&](ByteView id, ByteView stored) {
    auto record = decode_session(root_, id, stored);
    if (record) found.emplace_back(version_of(record->sealed), record->expires);
    if (record) crypto::wipe(record->state);  // holds the key of the plain tail
    if (!record) failed = tl::unexpected(record.error());
    return record.has_value();
  };
  if (auto ok = (*txn)->walk(env_->db(kRecords), {}, visit); !ok) return tl::unexpected(ok.error());
  if (!failed) return tl::unexpected(failed.error());
  return found;
}

Status Sessions::settle() {
  return committer_->submit_and_wait([](WriteTxn&) -> Status { return {}; });
}

Result<std::vector<Id>> Sessions::expired(UnixMillis now) const {
  auto txn = ReadTxn::begin(*env_);
  if (!txn) return tl::unexpected(txn.error());
  std::vector<Id> sessions;
  auto walked = (*txn)->walk(env_->db(kExpiry), {}, [&](ByteView key, ByteView) {
    if (key.size() != sizeof(PairKey) || load_be<std::uint64_t>(key) > now) return false;
    sessions.emplace_back();
    std::copy(key.begin() + 8, key.end(), sessions.back().begin());
    return true;
  });
  if (!walked) return tl::unexpected(walked.error());
  return sessions;
}

}  // namespace kerros::keystore
