#include "gateway/transfer/upload_session.h"

#include <algorithm>

#include "crypto/format.h"
#include "crypto/offsets.h"
#include "gateway/transfer/stored_form.h"

namespace kerros::transfer {

namespace format = crypto::format;

namespace {

constexpr std::uint8_t kStateVersion = 1;  // On tmpfs, yet a new build may meet an old session.

}  // namespace

Bytes encode(const SessionState& state) {
  Writer out;
  out.u8(kStateVersion);
  for (const auto* text : {&state.upstream_url, &state.item_class, &state.actor, &state.target,
                           &state.expiration, &state.final_answer})
    out.text(*text);
  out.u8(state.defer_commit ? 1 : 0);
  for (const std::uint64_t number :
       {state.intent, state.plain_total, state.plain_offset, state.sealed_confirmed,
        state.last_first, std::uint64_t{state.final_status}})
    out.u64(number);
  for (const auto* bytes : {&state.carry, &state.tail, &state.tail_before}) out.bytes(*bytes);
  out.bytes(state.hashes.plain.save());
  out.bytes(state.hashes.sealed.save());
  return std::move(out).take();
}

Result<SessionState> decode_session(ByteView stored) {
  const Error malformed{ErrorCode::kMalformed, "session record of another version"};
  Reader in(stored);
  if (in.u8() != kStateVersion) return tl::unexpected(malformed);
  SessionState state;
  for (auto* text : {&state.upstream_url, &state.item_class, &state.actor, &state.target,
                     &state.expiration, &state.final_answer})
    *text = in.text();
  state.defer_commit = in.u8() != 0;
  for (auto* number : {&state.intent, &state.plain_total, &state.plain_offset,
                       &state.sealed_confirmed, &state.last_first})
    *number = in.u64();
  state.final_status = static_cast<unsigned>(in.u64());
  for (auto* bytes : {&state.carry, &state.tail, &state.tail_before}) {
    const ByteView view = in.bytes();
    bytes->assign(view.begin(), view.end());
  }
  auto plain = crypto::QuickXor::restore(in.bytes());
  auto sealed = crypto::QuickXor::restore(in.bytes());
  if (!in.at_end() || !plain || !sealed) return tl::unexpected(malformed);
  state.hashes = Hashes{*plain, *sealed};
  return state;
}

FragmentKind judge(const SessionState& state, const graph::ContentRange& fragment) {
  if (state.plain_total != 0 && fragment.total != state.plain_total)
    return FragmentKind::kTotalDiffers;
  if (state.finished()) return FragmentKind::kFinished;
  const auto sealed = crypto::sealed_size(fragment.total);
  if (!sealed || *sealed > kMaxUpstreamFile) return FragmentKind::kTooLarge;
  const auto [first, last] = fragment.range;
  if (first == state.plain_offset) return FragmentKind::kNext;
  if (first == state.last_first && last + 1 == state.plain_offset)
    return FragmentKind::kRepeatOfLast;
  if (last < state.plain_offset) return FragmentKind::kOlder;
  return first < state.plain_offset ? FragmentKind::kOverlap : FragmentKind::kGap;
}

std::vector<graph::ByteRange> cut(std::uint64_t from, std::uint64_t to, bool whole) {
  std::vector<graph::ByteRange> fragments;
  while (from < to) {
    std::uint64_t length = std::min(to - from, kMaxUpstreamFragment);
    const bool ends_file = whole && from + length == to;
    if (!ends_file) length -= length % kFragmentUnit;
    if (length == 0) break;
    fragments.push_back({from, from + length - 1});
    from += length;
  }
  return fragments;
}

UpstreamPlan plan(const SessionState& state, std::uint64_t plain_end,
                  std::uint64_t upstream_offset) {
  UpstreamPlan plan;
  plan.last = plain_end == state.plain_total;
  plan.sealed_total = crypto::sealed_size(state.plain_total).value_or(0);
  const std::uint64_t sealed_end =
      plan.last ? plan.sealed_total
                : crypto::sealed_offset_of_chunk(plain_end / format::kChunkSize);
  plan.fragments = cut(upstream_offset, sealed_end, plan.last);
  // Upstream can be ahead of this fragment (an earlier, longer one that was not acknowledged): the
  // point never passes what was sealed.
  plan.carry_from = plan.fragments.empty() ? std::min(upstream_offset, sealed_end)
                                           : plan.fragments.back().last + 1;
  return plan;
}

std::string next_expected_range(const SessionState& state) {
  if (state.plain_total == 0) return "0-";
  return std::to_string(state.plain_offset) + "-" + std::to_string(state.plain_total - 1);
}

}  // namespace kerros::transfer
