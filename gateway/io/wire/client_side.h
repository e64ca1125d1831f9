// Who asked: where a request's body comes from and where its answer goes.
//
// A connection (http_connection.h), or memory for a request that came inside another one
// (inner_client.h). The roads know nothing else of a client, so both take the same road. Bodies
// cross this border a window at a time, never an octet at a time.
//
// Thread safety: one coroutine. Errors: boost::system::system_error when the client is gone.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/bytes.h"
#include "gateway/graph/head.h"
#include "gateway/io/asio.h"

namespace kerros::io {

class ClientSide {
 public:
  ClientSide() = default;
  ClientSide(const ClientSide&) = delete;
  ClientSide& operator=(const ClientSide&) = delete;
  virtual ~ClientSide() = default;

  // --- the request's body ---
  virtual const graph::Framing& framing() const = 0;
  virtual bool body_finished() const = 0;
  virtual std::uint64_t body_read() const = 0;
  // 0 only at its end.
  virtual net::awaitable<std::size_t> read_body(MutableByteView into) = 0;
  // The whole body, or nullopt when it is longer than `limit` (then it was not read to its end).
  virtual net::awaitable<std::optional<std::string>> collect_body(std::size_t limit) = 0;
  // Reads on and drops what is left, at most `limit` bytes; false when more was left.
  virtual net::awaitable<bool> drain_body(std::uint64_t limit) = 0;

  // --- the answer ---
  virtual net::awaitable<void> write_continue() = 0;  // the interim 100
  // Queues the head, and what is at hand of the body with it.
  virtual net::awaitable<void> write_head(const graph::ResponseHead& head,
                                          std::string_view body) = 0;
  virtual net::awaitable<void> write_more(ByteView bytes) = 0;  // sent when the buffer is full
  virtual net::awaitable<void> flush() = 0;
  // The answer cannot be ended well: whoever reads it sees that it was cut off.
  virtual void abort() = 0;

  // --- the connection ---
  virtual void set_patience(std::chrono::milliseconds patience) = 0;
  virtual bool keep_alive() const = 0;
  virtual void close_after() = 0;  // this answer is the last one
  virtual void bulk(bool on) = 0;  // large buffers while a long body flows
  virtual std::string peer() const = 0;
  // No HTTP follows: the body is whatever comes until the client's end.
  virtual void upgrade() = 0;
  // What waits now, and what will, ends within this time.
  virtual void end_within(std::chrono::milliseconds time) = 0;
};

}  // namespace kerros::io
