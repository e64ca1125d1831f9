// The client of a request that came inside a batch: its body and its answer lie in memory.
//
// What all answers of one batch take together is bounded: what goes beyond is cut off, and whole()
// says so.
//
// Thread safety: one coroutine. Lifetime: the body and the room that is left must outlive it.
#pragma once

#include <string>

#include "gateway/graph/chunked.h"
#include "gateway/io/wire/client_side.h"

namespace kerros::io {

class InnerClient final : public ClientSide {
 public:
  // `room`: octets that answers may still take; less afterwards.
  InnerClient(std::string peer, ByteView body, std::size_t& room);

  const graph::ResponseHead& head() const { return head_; }
  std::string take_body() { return std::move(answer_); }
  bool whole() const { return head_.status != 0 && !cut_; }
  bool ran_out_of_room() const { return out_of_room_; }

  const graph::Framing& framing() const override { return framing_; }
  bool body_finished() const override { return read_ == body_.size(); }
  std::uint64_t body_read() const override { return read_; }
  net::awaitable<std::size_t> read_body(MutableByteView into) override;
  net::awaitable<std::optional<std::string>> collect_body(std::size_t limit) override;
  net::awaitable<bool> drain_body(std::uint64_t limit) override;

  net::awaitable<void> write_continue() override;
  net::awaitable<void> write_head(const graph::ResponseHead& head, std::string_view body) override;
  net::awaitable<void> write_more(ByteView bytes) override;
  net::awaitable<void> flush() override;
  void abort() override { cut_ = true; }

  void set_patience(std::chrono::milliseconds) override {}
  bool keep_alive() const override { return false; }
  void close_after() override {}
  void upgrade() override {}
  void end_within(std::chrono::milliseconds) override {}
  void bulk(bool) override {}
  std::string peer() const override { return peer_; }

 private:
  void append(ByteView bytes);

  std::string peer_;
  ByteView body_;
  graph::Framing framing_;
  std::size_t read_ = 0;
  std::size_t& room_;
  graph::ResponseHead head_;
  std::string answer_;
  bool chunked_ = false;  // the answer's framing is taken off again
  graph::ChunkedReader chunks_;
  bool cut_ = false;
  bool out_of_room_ = false;
};

}  // namespace kerros::io
