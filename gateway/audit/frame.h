// The sealed forms inside a segment file, and the leaf that a record becomes.
//
//   segment = head frame*
//   head    = "KRSAUDT" 0x01 || be64 first position || be32 n || n bytes: nonce(24) ciphertext tag
//             sealing  seed(32) || be64 position of each intent still open when the segment began
//   frame   = be32 n || n bytes: nonce(24) ciphertext tag(16)    sealing one encoded record
//
// XChaCha20-Poly1305 under Purpose::kAuditSeal, bound to the segment's name and the position, so
// that a frame moved, repeated or taken from another day does not open. The salt of a record is a
// MAC of the segment's seed and its position: it is in no other place, so that deleting the segment
// takes every salt with it and the leaf alone tells nothing, not even to one who guesses the
// record.
//
//   salt = HMAC(Purpose::kAuditSalt, seed || be64 position)
//   leaf entry = SHA-256("kerros/1/audit-leaf" || 0x00 || salt || payload)
//
// The cipher is called here and not through crypto/wrap.h, whose open_value gives every value
// locked pages of its own (20 us): a day has a million records.
//
// Thread safety: pure functions.
#pragma once

#include <string>
#include <vector>

#include "crypto/merkle.h"
#include "crypto/result.h"
#include "gateway/audit/record.h"

namespace kerros::audit {

using Digest = crypto::TreeHash;

inline constexpr std::size_t kLengthSize = 4;
inline constexpr std::size_t kSealOverhead = 24 + 16;
inline constexpr std::size_t kMaxFrame = kMaxRecord + kSealOverhead;
inline constexpr std::size_t kHeadFixedSize = 8 + 8 + kLengthSize;
inline constexpr std::size_t kMaxCarried = 65536;  // open intents that a head names

struct SegmentHead {
  std::string name;  // "2026-11-21"
  std::uint64_t first = 1;
  std::array<std::uint8_t, 32> seed{};
  std::vector<std::uint64_t> open_intents;
};

Bytes seal_head(ByteView seal_key, const SegmentHead& head);

// What the first 20 bytes tell without a key. kTruncated (also when they are all zero), kMalformed.
struct HeadPlain {
  std::uint64_t first;
  std::size_t sealed_size;  // bytes that follow
};
Result<HeadPlain> peek_head(ByteView fixed);
Result<SegmentHead> open_head(ByteView seal_key, const std::string& name, std::uint64_t first,
                              ByteView sealed);  // kNotAuthentic

void seal_frame(ByteView seal_key, const std::string& segment, std::uint64_t position,
                ByteView payload, Bytes& append_to);
// `sealed` is what follows the length. kNotAuthentic.
Result<Bytes> open_frame(ByteView seal_key, const std::string& segment, std::uint64_t position,
                         ByteView sealed);

Digest record_salt(ByteView salt_key, const SegmentHead& head, std::uint64_t position);
// What anybody can compute who was shown a record with its salt.
Digest entry_of(const Digest& salt, ByteView payload);
Digest leaf_entry(ByteView salt_key, const SegmentHead& head, std::uint64_t position,
                  ByteView payload);

// The same sealing for what lies beside the segments, bound to a label of its own, the file's name
// and a number: nonce, ciphertext, tag.
struct Place {
  std::string_view label;
  const std::string& name;
  std::uint64_t number = 0;
};
void seal_at(ByteView seal_key, const Place& place, ByteView plain, Bytes& append_to);
Result<Bytes> open_at(ByteView seal_key, const Place& place, ByteView sealed);  // kNotAuthentic

}  // namespace kerros::audit
