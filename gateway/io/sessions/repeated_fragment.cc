// A fragment that came before: the same plaintext seals to the same tags, other plaintext does not.
#include <algorithm>

#include "crypto/offsets.h"
#include "gateway/io/exchange/transfer_guard.h"
#include "gateway/io/sessions/common.h"
#include "gateway/io/sessions/fragments.h"
#include "gateway/io/sessions/tag_claims.h"

namespace kerros::io {

net::awaitable<void> compare_repeated(Exchange& x, HeldSession& s) {
  const TransferGuard transferring(x);
  const transfer::SessionState& state = s.state;
  auto upload = Upload::resume(x, s.record.sealed, state.item_class, state.target, state.intent);
  upload->leave_open();
  TransferBuffer buffer(x, tls::BufferPool::kLarge);
  transfer::SealWindow window(upload->sealer(), buffer.bytes(), crypto::chunk_of(state.last_first));
  ClaimingSink sink(x, s, window, nullptr);
  if (auto ok = refill(window, state.tail_before); !ok) throw_store_error(ok.error());
  co_await send_continue(x);
  co_await seal_body(x, window, sink);
  const bool whole = state.plain_offset == state.plain_total;
  if (whole) {  // its final chunk was sealed: compared by its tag like the others
    if (auto ok = window.finish(); !ok) throw_store_error(ok.error());
  }
  co_await sink.write(window.ready());
  if (!whole && !std::ranges::equal(window.unfinished(), state.tail))
    throw Refused{graph::Refusal::kFragmentDiffers, "", "the fragment came again with other bytes"};
  if (awaits_commit(state)) throw Refused{graph::Refusal::kNameTaken, "", "the session is whole"};
  co_await reply_json(x, s, 202, progress_json(state));
}

}  // namespace kerros::io
