// Where in a closed segment the records about one actor, item, key or unit lie, and which times.
//
//   DIR/index/2026-11-21.idx = "KRSAIDX" 0x01 || part || part ...
//   part  = be32 n || n bytes: nonce(24) ciphertext tag(16), bound to the segment's name and to the
//           position of the part's first record
//   plain = 0x01 in the last part, else 0x00 || be32 records || be64 earliest || be64 latest time
//   ||
//           be64 offset in the segment of the first and every 64th record after it ||
//           (be64 hash || be32 number of the record in the part) ..., in order
//
// The hash is SipHash under a key that comes from the segment's seed: with the segment gone, an
// index that somebody kept tells nothing. An index follows from its segment and can be made again.
//
// Thread safety: one owner each; two may not build the same index at once.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "gateway/audit/files.h"
#include "gateway/audit/query.h"
#include "gateway/audit/segment.h"

namespace kerros::audit {

std::string index_path(const std::string& directory, const std::string& segment);

// Reads the whole segment, which nobody writes to any more. kNotAuthentic names the record;
// kUnavailable also when it was told to stop.
Status build_index(const std::string& directory, const std::string& segment, const Keys& keys,
                   const std::atomic<bool>& stop);

using TermKey = std::array<std::uint8_t, 16>;
TermKey term_key(const Keys& keys, const SegmentHead& head);
std::uint64_t hash_of(const TermKey& key, const Term& term);

struct IndexPart {
  std::uint64_t first = 0;  // position
  std::uint32_t records = 0;
  std::uint64_t earliest_ms = 0, latest_ms = 0;
  bool last = false;
  Bytes plain;

  // Numbers in the part of the records that may have the term, in order (other terms can share its
  // hash).
  std::vector<std::uint32_t> find(std::uint64_t hash) const;
  // Where to begin to look for a record: an offset, and the number of the record that stands there.
  std::pair<std::uint64_t, std::uint32_t> anchor(std::uint32_t number) const;
};

class IndexReader {
 public:
  // kNotFound: there is none.
  static Result<IndexReader> open(const std::string& directory, const SegmentHead& head);
  // In order; nothing after the last. kNotAuthentic also when parts are missing.
  Result<std::optional<IndexPart>> next(ByteView seal_key);

 private:
  IndexReader(std::string path, const SegmentHead& head, Fd fd)
      : path_(std::move(path)), name_(head.name), first_(head.first), fd_(std::move(fd)) {}
  std::string path_, name_;
  std::uint64_t first_;
  Fd fd_;
  std::uint64_t offset_ = 8;
  bool ended_ = false;
};

}  // namespace kerros::audit
