// An upload session as a state that can be stored, and the pure decisions about its fragments.
//
// The state stands at one point: all plaintext below `plain_offset` was taken from the client;
// upstream holds the sealed bytes below `sealed_confirmed`; what lies between is in `carry`
// (sealed) and `tail` (plaintext of the unfinished chunk, at rest only under the session's own
// key). The point moves only after upstream confirmed, in one store transaction together with the
// tag window.
//
// No chunk is ever sealed twice with different bytes: tags are claimed before their bytes leave,
// and a fragment that comes again is sealed in memory and its tags compared (docs/format.md 7).
//
// Thread safety: plain values and pure functions; one fragment in flight per session.
// Source: graph documentation, upload sessions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "crypto/result.h"
#include "gateway/graph/range.h"
#include "gateway/transfer/seal_window.h"

namespace kerros::transfer {

// Graph's rules for fragments that are not the last one, and what we send at most.
inline constexpr std::uint64_t kFragmentUnit = 327'680;
inline constexpr std::uint64_t kMaxUpstreamFragment = 32 * kFragmentUnit;  // 10 MiB
// A sealed file of this size or more does not fit a simple PUT.
inline constexpr std::uint64_t kSimplePutLimit = 262'144'000;
// Most sealed bytes that upstream stores as one file.
inline constexpr std::uint64_t kMaxUpstreamFile = 268'435'456'000;

struct SessionState {
  // Pinned when the session is made.
  std::string upstream_url;  // pre-authenticated: a secret
  std::string item_class;
  std::string actor;
  std::string target;        // for the audit log
  std::uint64_t intent = 0;  // position of the upload intent in the audit log
  std::string expiration;    // as upstream last said it
  bool defer_commit = false;

  // Pinned by the first fragment; 0 before it (a session cannot make an empty file).
  std::uint64_t plain_total = 0;

  // The point.
  std::uint64_t plain_offset = 0;
  std::uint64_t sealed_confirmed = 0;
  Bytes carry;
  Bytes tail;
  Hashes hashes;  // plain below plain_offset - tail, sealed below sealed_confirmed + carry

  // The fragment that led to the point, so that its repetition can be compared.
  std::uint64_t last_first = 0;
  Bytes tail_before;

  // Upstream's final answer, rewritten; kept for a repeated last fragment.
  unsigned final_status = 0;
  std::string final_answer;

  bool finished() const { return final_status != 0; }
};

Bytes encode(const SessionState& state);
Result<SessionState> decode_session(ByteView stored);

enum class FragmentKind : std::uint8_t {
  kNext,          // continues at the point
  kRepeatOfLast,  // the fragment that led to the point: compare, then answer 202 again
  kOlder,         // wholly below it: nothing of it is looked at, answer 202
  kFinished,      // everything is stored: answer the final item again
  kOverlap,       // begins below the point and goes beyond it
  kGap,           // begins beyond it
  kTotalDiffers,  // another total than the first fragment pinned
  kTooLarge,      // more than a sealed file can hold upstream
};
FragmentKind judge(const SessionState& state, const graph::ContentRange& fragment);

// Which sealed bytes go upstream for a fragment that ends at `plain_end` (exclusive), cut as
// upstream wants them, from `upstream_offset` (what it says it has) on. Bytes behind the last
// fragment are carried over.
struct UpstreamPlan {
  std::vector<graph::ByteRange> fragments;
  std::uint64_t sealed_total = 0;
  bool last = false;             // the plaintext ends here: the final chunk is sealed and sent
  std::uint64_t carry_from = 0;  // sealed offset where carried bytes begin
};
UpstreamPlan plan(const SessionState& state, std::uint64_t plain_end,
                  std::uint64_t upstream_offset);

// Cuts [from, to) into fragments that upstream takes; the last may be of any length only when
// `whole` says that the file ends there, otherwise what is left over stays out.
std::vector<graph::ByteRange> cut(std::uint64_t from, std::uint64_t to, bool whole);

// "n-(total-1)" as every client parses it; "0-" before the total is known.
std::string next_expected_range(const SessionState& state);

}  // namespace kerros::transfer
