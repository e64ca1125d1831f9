// Where sealed bytes go: a simple PUT, the fragments of an upstream session, or a spool file.
//
// Thread safety: one coroutine. Lifetime: sinks refer to the exchange they were made for.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gateway/graph/range.h"
#include "gateway/io/exchange/exchange.h"
#include "gateway/transfer/seal_window.h"

namespace kerros::io {

class SealedSink {
 public:
  virtual ~SealedSink() = default;
  virtual net::awaitable<void> write(ByteView sealed) = 0;
};

// Upstream refused or lost a fragment. `head` is absent when the connection failed.
struct FragmentFailed {
  std::optional<graph::ResponseHead> head;
  std::string body;
  std::string detail;
};

struct UpstreamAnswer {
  graph::ResponseHead head;
  std::string body;
  bool stored() const { return head.status == 200 || head.status == 201; }  // all of a file
};

// The answer to what was sent; the connection is given back.
net::awaitable<UpstreamAnswer> read_answer(Exchange& x, Upstream::Lease& lease,
                                           graph::Method method);
// When sending failed upstream may have answered before (401, 413 ...), which tells more than the
// broken pipe: only answers of 400 and above.
net::awaitable<std::optional<UpstreamAnswer>> early_answer(Exchange& x, Upstream::Lease& lease,
                                                           graph::Method method);
// Queues bytes of a PUT's body; Relayed with the early answer when upstream stopped reading.
net::awaitable<void> write_or_relay(Exchange& x, Upstream::Lease& lease, ByteView bytes);

// PUT of one body of known length.
class PutSink : public SealedSink {
 public:
  static net::awaitable<std::unique_ptr<PutSink>> open(Exchange& x, std::string target,
                                                       graph::Fields fields,
                                                       std::uint64_t sealed_size);
  explicit PutSink(Exchange& x, Upstream::Lease lease) : x_(x), lease_(std::move(lease)) {}
  net::awaitable<void> write(ByteView sealed) override;
  net::awaitable<UpstreamAnswer> answer();  // after the last byte

 private:
  Exchange& x_;
  Upstream::Lease lease_;
};

// Reads the client's body through the window into the sink. What is sealed last stays in the
// window, with the final chunk: the caller sends it once everything is durable.
net::awaitable<void> seal_body(Exchange& x, transfer::SealWindow& window, SealedSink& sink);

// Upstream status of a session: the offset of the first byte it still wants; nullopt when it names
// no range, as of a session that has every byte. FragmentFailed when it does not say.
net::awaitable<std::optional<std::uint64_t>> upstream_offset(Exchange& x, const UpstreamUrl& url);
// What a session is that names no range while bytes are missing: nobody can continue it.
FragmentFailed no_range();
// DELETE of an upstream session, so that the name is free again; failures are not told.
net::awaitable<void> cancel_upstream(Exchange& x, const UpstreamUrl& url);

}  // namespace kerros::io
