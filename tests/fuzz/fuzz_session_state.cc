// Stored upload sessions of any octets: what is read is written alike, and whatever state it gives,
// the decisions about its next fragment keep to upstream's rules.
#include <algorithm>

#include "gateway/transfer/upload_session.h"
#include "tests/fuzz/check.h"

using namespace kerros;
using namespace kerros::transfer;

namespace {

void check_next(SessionState state) {
  const std::uint64_t total = state.plain_total == 0 ? 1'000'000 : state.plain_total;
  const std::uint64_t first = state.plain_offset;
  if (first >= total) return;
  const std::uint64_t last = first + std::min<std::uint64_t>(total - 1 - first, 999'999);
  const FragmentKind kind = judge(state, {{first, last}, total});
  FUZZ_CHECK(kind == FragmentKind::kNext || kind == FragmentKind::kFinished ||
             kind == FragmentKind::kTooLarge);
  if (kind != FragmentKind::kNext) return;
  state.plain_total = total;
  const UpstreamPlan planned = plan(state, last + 1, state.sealed_confirmed);
  std::uint64_t at = state.sealed_confirmed;
  for (const auto& fragment : planned.fragments) {
    FUZZ_CHECK(fragment.first == at && fragment.length() <= kMaxUpstreamFragment);
    FUZZ_CHECK(fragment.last < planned.sealed_total);
    FUZZ_CHECK(fragment.length() % kFragmentUnit == 0 || fragment.last + 1 == planned.sealed_total);
    at = fragment.last + 1;
  }
  FUZZ_CHECK(planned.fragments.empty() || planned.carry_from == at);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto state = decode_session(ByteView(data, size));
  if (!state) return 0;
  const Bytes stored = encode(*state);
  const auto again = decode_session(stored);
  FUZZ_CHECK(again && encode(*again) == stored);
  FUZZ_CHECK(again->plain_offset == state->plain_offset && again->carry == state->carry);
  FUZZ_CHECK(!next_expected_range(*state).empty());
  check_next(*state);
  return 0;
}
