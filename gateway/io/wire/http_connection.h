// One HTTP/1.1 connection, either side: Beast reads the heads, bodies come straight off the stream.
//
// Bodies never pass a parser or serializer (that costs three to four times the whole relay);
// Content-Length and chunked framing are handled here. A body that ends before its framing says so
// is an error, never an end.
//
// Every wait stands under the connection's patience: a bound on silence, not on the whole body; a
// head must come within it as a whole.
//
// Thread safety: one coroutine reads while another writes, on one executor. Lifetime: owns its
// stream. Errors of the client's side: boost::system::system_error, and BadMessage for what is not
// HTTP. Errors of upstream's side: Refused, so that they are answered and never taken for the
// client's.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/bytes.h"
#include "gateway/graph/chunked.h"
#include "gateway/graph/head.h"
#include "gateway/io/asio.h"
#include "gateway/io/wire/bad_message.h"
#include "gateway/io/wire/client_side.h"
#include "gateway/tls/stream.h"

namespace kerros::io {

enum class Side : std::uint8_t { kClient, kUpstream };

class HttpConnection final : public ClientSide {
 public:
  HttpConnection(std::unique_ptr<tls::Stream> stream, Side side, std::size_t head_limit);

  void set_patience(std::chrono::milliseconds patience) override { patience_ = patience; }

  // nullopt: the peer ended the connection cleanly between two messages.
  net::awaitable<std::optional<graph::RequestHead>> read_request();
  // Interim 1xx answers are skipped. `asked` decides whether a body can follow.
  net::awaitable<graph::ResponseHead> read_response(graph::Method asked);

  const graph::Framing& framing() const override { return framing_; }
  bool keep_alive() const override { return keep_alive_; }
  void close_after() override { keep_alive_ = false; }
  void upgrade() override;
  void end_within(std::chrono::milliseconds time) override;
  // The next answer may be 101, after which no HTTP follows; it is malformed otherwise.
  void may_upgrade() { may_upgrade_ = true; }
  bool body_finished() const override;
  std::uint64_t body_read() const override { return body_read_; }

  // The body of the message whose head was read last.
  net::awaitable<std::size_t> read_body(MutableByteView into) override;
  net::awaitable<std::optional<std::string>> collect_body(std::size_t limit) override;
  net::awaitable<bool> drain_body(std::uint64_t limit) override;

  net::awaitable<void> write_continue() override;
  net::awaitable<void> write_head(const graph::ResponseHead& head, std::string_view body) override;
  net::awaitable<void> write(ByteView bytes);  // sent when it returns
  net::awaitable<void> write_more(ByteView bytes) override;
  net::awaitable<void> flush() override;

  void bulk(bool on) override { stream_->bulk(on); }
  void abort() override { stream_->reset(); }
  std::string peer() const override { return stream_->peer(); }
  tls::Stream& stream() { return *stream_; }

 private:
  enum class Renew : bool { kNo = false, kYes = true };  // the patience, with this wait
  net::awaitable<std::size_t> receive(MutableByteView into, Renew renew);
  net::awaitable<bool> fill(Renew renew);  // more bytes into the buffer; false at a clean end
  [[noreturn]] void throw_failed(const boost::system::system_error& error) const;
  [[noreturn]] void throw_bad(BadMessage::Kind kind, const std::string& what) const;
  [[noreturn]] void throw_truncated() const;
  net::awaitable<std::size_t> read_chunked(MutableByteView into);
  net::awaitable<std::size_t> read_raw(MutableByteView into);
  template <typename Parser>
  net::awaitable<bool> read_head(Parser& parser);
  void begin_body(const graph::Framing& framing);

  std::unique_ptr<tls::Stream> stream_;
  Side side_;
  std::size_t head_limit_;
  std::chrono::milliseconds patience_{60'000};
  Bytes buffer_;
  std::size_t begin_ = 0;  // unread bytes of buffer_: [begin_, end_)
  std::size_t end_ = 0;
  graph::Framing framing_;
  graph::ChunkedReader chunked_;
  std::uint64_t left_ = 0;
  std::uint64_t body_read_ = 0;
  bool until_close_ended_ = false;
  bool keep_alive_ = true;
  bool may_upgrade_ = false;
};

// The octets of a head, ready to be written. Reason phrases are Beast's where the head has none.
std::string to_wire(const graph::ResponseHead& head);
std::string to_wire(std::string_view method, std::string_view target, const graph::Fields& fields);

}  // namespace kerros::io
