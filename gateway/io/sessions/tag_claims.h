// Chunk tags are claimed before their bytes leave, so that no chunk is ever sealed twice with
// different bytes (docs/format.md 7).
//
// Thread safety: one coroutine. Lifetime: within the exchange; refers to session, window and sink.
#pragma once

#include "gateway/io/sessions/held_session.h"
#include "gateway/io/write/sealed_sink.h"

namespace kerros::io {

// Claims the tags of whatever passes before it goes on to the real sink. Refused(kFragmentDiffers)
// when a chunk came before with other bytes.
class ClaimingSink : public SealedSink {
 public:
  ClaimingSink(Exchange& x, const HeldSession& s, const transfer::SealWindow& window,
               SealedSink* behind)
      : x_(x), session_(s), window_(window), behind_(behind) {}
  net::awaitable<void> write(ByteView sealed) override {
    co_await claim();
    if (behind_) co_await behind_->write(sealed);
  }

 private:
  net::awaitable<void> claim();

  Exchange& x_;
  const HeldSession& session_;
  const transfer::SealWindow& window_;
  SealedSink* behind_;  // nullptr: a repetition is only compared
};

// The plaintext of an unfinished chunk, put back before what continues it.
Status refill(transfer::SealWindow& window, ByteView tail);

}  // namespace kerros::io
