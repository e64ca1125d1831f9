#include "gateway/io/sessions/tag_claims.h"

#include <algorithm>

namespace kerros::io {

net::awaitable<void> ClaimingSink::claim() {
  const ByteView tags = window_.tags();
  if (tags.empty()) co_return;
  Future<Status> claimed(x_.worker.executor, [&](auto done) {
    x_.store().claim_tags(session_.record.session, window_.first_chunk(),
                          Bytes(tags.begin(), tags.end()), std::move(done));
  });
  const Status status = co_await claimed.get();
  if (!status && status.error().code == ErrorCode::kConflict)
    throw Refused{graph::Refusal::kFragmentDiffers, "", "a chunk came again with other bytes"};
  if (!status) throw_store_error(status.error());
}

Status refill(transfer::SealWindow& window, ByteView tail) {
  if (tail.empty()) return {};
  std::ranges::copy(tail, window.space().begin());
  return window.filled(tail.size());
}

}  // namespace kerros::io
