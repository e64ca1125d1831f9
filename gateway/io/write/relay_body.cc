#include "gateway/io/write/relay_body.h"

#include "gateway/graph/chunked.h"
#include "gateway/io/exchange/transfer_guard.h"
#include "gateway/io/write/sealed_sink.h"

namespace kerros::io {

net::awaitable<void> relay_body(Exchange& x, Upstream::Lease& lease) {
  const bool chunked = x.client.framing().kind == graph::Framing::Kind::kChunked;
  TransferBuffer buffer(x, tls::BufferPool::kLarge);
  for (;;) {
    const std::size_t got = co_await x.client.read_body(buffer.bytes());
    if (chunked) {
      const std::string line = graph::chunk_line(got);
      co_await write_or_relay(x, lease, as_bytes(line));
    }
    if (got == 0) break;
    co_await write_or_relay(x, lease, buffer.bytes().first(got));
    if (chunked) co_await write_or_relay(x, lease, as_bytes("\r\n"));
  }
}

}  // namespace kerros::io
