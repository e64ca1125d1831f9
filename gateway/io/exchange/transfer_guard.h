// While a body is on its way: it is counted, and has its buffers.
//
// Thread safety: one coroutine. Lifetime: within the Exchange.
#pragma once

#include "gateway/io/exchange/exchange.h"

namespace kerros::io {

// Counts the transfer (for draining and status) and gives large stream buffers back at its end.
class TransferGuard {
 public:
  explicit TransferGuard(Exchange& x) : x_(x) { ++x_.worker.shared.counters.transfers; }
  ~TransferGuard() {
    x_.client.bulk(false);
    --x_.worker.shared.counters.transfers;
  }
  TransferGuard(const TransferGuard&) = delete;
  TransferGuard& operator=(const TransferGuard&) = delete;

  // Large stream buffers pay only for bodies of several records.
  void use_large(ClientSide& connection, std::uint64_t body_size) const {
    if (body_size > 2 * tls::BufferPool::kSmall) connection.bulk(true);
  }

 private:
  Exchange& x_;
};

// A wiped buffer from the counted pool, large when it pays and one can be had.
class TransferBuffer {
 public:
  TransferBuffer(Exchange& x, std::uint64_t bytes_wanted) {
    auto& pool = x.worker.shared.buffers;
    if (bytes_wanted > tls::BufferPool::kSmall) buffer_ = pool.take(tls::BufferPool::Size::kLarge);
    if (!buffer_) buffer_ = pool.take(tls::BufferPool::Size::kSmall);
  }
  MutableByteView bytes() const { return buffer_.bytes(); }

 private:
  tls::BufferPool::Buffer buffer_;
};

}  // namespace kerros::io
