// One HTTP/1.1 connection over TLS, for both ends of the benchmarks. Only what they need, and
// cheap: they share the machine with what is measured.
//
// Thread safety: one thread.
// Lifetime: views given out are valid until the next message or piece is read.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/bytes.h"
#include "gateway/graph/chunked.h"
#include "gateway/io/asio.h"
#include "gateway/tls/stream.h"

namespace kerros::bench {

class Connection {
 public:
  static constexpr std::size_t kPiece = 256 * 1024;  // of a body; larger ones use large buffers

  Connection(net::ip::tcp::socket socket, std::shared_ptr<tls::Context> context,
             tls::BufferPool& pool);

  tls::Stream& stream() { return stream_; }

  // The head of the next message; false when the peer ended before its first octet. Throws
  // std::runtime_error at what is no head.
  net::awaitable<bool> read_head();
  std::string_view word(std::size_t i) const { return words_.at(i); }  // of the first line, 0 to 2
  std::optional<std::string_view> field(std::string_view name) const;
  bool has_length() const { return !chunked_; }
  std::uint64_t length() const { return left_; }  // of a body whose length is told

  // The next piece of that message's body; empty: there is no more. Answers to HEAD have none.
  net::awaitable<ByteView> read_piece();
  net::awaitable<std::uint64_t> drop_body();  // its length
  net::awaitable<std::string> read_text();    // all of it

  net::awaitable<void> write(std::string_view head, ByteView body);

 private:
  net::awaitable<bool> receive();  // more into the buffer; false at the end
  void parse();
  ByteView take(std::size_t size);

  tls::Stream stream_;
  Bytes buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::string head_;
  std::array<std::string_view, 3> words_;
  std::uint64_t left_ = 0;
  bool chunked_ = false;
  graph::ChunkedReader chunks_;
};

// Contexts that agree on TLS 1.3 with TLS_AES_256_GCM_SHA384 and nothing else.
std::shared_ptr<tls::Context> pinned_suite(std::shared_ptr<tls::Context> context);

// Runs the calling thread on this processor only (-1: wherever the kernel likes), with as many
// sockets as this process may have.
void settle(int processor);

}  // namespace kerros::bench
