// A sealed file of known size on its way upstream: in one PUT, or by a session of our own where it
// is too large for one.
//
// Thread safety: one coroutine. Errors: Refused, Relayed with upstream's refusal.
#pragma once

#include "gateway/io/write/sealed_sink.h"
#include "gateway/io/write/sealing.h"
#include "gateway/transfer/seal_window.h"

namespace kerros::io {

struct Sizes {
  std::uint64_t plain;
  std::uint64_t sealed;
};

// Of a file with so much plaintext. Refused(kTooLarge) where that does not fit upstream.
Sizes sizes_of(std::uint64_t plain);

// Sends everything sealed so far and what follows, the last part only when all is durable.
class Source {
 public:
  virtual ~Source() = default;
  virtual net::awaitable<void> pump(SealedSink& sink, Upload& upload) = 0;
};

// To the address of the request, and from upstream's answer to the client's.
net::awaitable<void> send_sealed(Exchange& x, Upload& upload, Source& source, Sizes sizes,
                                 const transfer::SealWindow& window);

}  // namespace kerros::io
