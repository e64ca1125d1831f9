// A TLS connection, client's or upstream's side: the one stream the gateway speaks through.
//
// It is an AsyncStream, so that Beast reads heads over it; bodies take the coroutine forms, which
// try OpenSSL and the socket first and suspend only when neither has anything. A clean end of the
// peer (close_notify) and a cut connection are told apart everywhere: read_some gives 0 for the
// first and throws Errc::kTruncated for the second; the AsyncStream form gives error::eof and
// Errc::kTruncated. A stream destroyed without shutdown() ends without close_notify, so that
// whatever fails on our side is seen as a failure by the peer.
//
// Every operation stands under the deadline set last: one still waiting when it passes ends with
// error::timed_out, and the socket is closed. Coroutine forms throw system_error.
//
// Thread safety: one thread or strand; there, one reading and one writing operation may be under
// way at once.
// Lifetime: what an operation was given must live until it completes; the pool must outlive the
// stream, and the stream its operations. It does not move.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "gateway/io/asio.h"
#include "gateway/tls/buffer_pool.h"
#include "gateway/tls/context.h"
#include "gateway/tls/deadline.h"
#include "gateway/tls/engine.h"
#include "gateway/tls/error.h"

namespace kerros::tls {

class Stream {
 public:
  using executor_type = net::any_io_executor;
  using next_layer_type = net::ip::tcp::socket;

  Stream(net::ip::tcp::socket socket, std::shared_ptr<Context> context, BufferPool& pool);
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  void expires_after(std::chrono::steady_clock::duration duration);
  void expires_never();

  net::awaitable<void> handshake_server();
  net::awaitable<void> handshake_client(std::string host);  // a DNS name or an IP literal

  // `into` must not be empty. Gives what is at hand, up to its size, and waits only for the first
  // byte; 0 is the clean end.
  net::awaitable<std::size_t> read_some(std::span<std::uint8_t> into);

  // All of `bytes`, sent when it returns.
  net::awaitable<void> write(std::span<const std::uint8_t> bytes);
  // All of `bytes` as records in the send buffer, which is sent only when full: a head and the
  // first chunk of a body leave together.
  net::awaitable<void> write_more(std::span<const std::uint8_t> bytes);
  net::awaitable<void> flush();

  // On while a bulk body flows: large buffers, as far as the pool has them, from the next empty
  // moment of each direction on. May be called between operations.
  void bulk(bool on) { engine_.bulk(on); }

  // close_notify, then a short wait for the peer's own end so that a late packet does not destroy
  // what was sent, then close. Bounded by itself, throws nothing.
  net::awaitable<void> shutdown();
  void reset();  // close by RST: the peer sees an abort, never an end
  void close();  // close without close_notify: the peer sees a cut connection

  bool is_open() const { return socket_.is_open(); }
  std::string peer() const;  // "192.0.2.1:443"
  // On a server's side, once the handshake is done: the host the client asked for, or nothing.
  std::string_view server_name() const { return engine_.server_name(); }
  std::string_view alpn() const { return engine_.alpn(); }
  std::string_view cipher() const { return engine_.cipher(); }
  std::string_view version() const { return engine_.version(); }
  bool resumed() const { return engine_.resumed(); }
  const std::string& failure() const { return engine_.failure(); }  // TLS errors in words

  executor_type get_executor() { return socket_.get_executor(); }
  net::ip::tcp::socket& socket() { return socket_; }
  net::ip::tcp::socket& next_layer() { return socket_; }
  const net::ip::tcp::socket& next_layer() const { return socket_; }

  // The AsyncStream concept.
  template <typename MutableBuffers, typename Token>
  auto async_read_some(const MutableBuffers& buffers, Token&& token);
  template <typename ConstBuffers, typename Token>
  auto async_write_some(const ConstBuffers& buffers, Token&& token);

 private:
  enum class State { kDone, kReadable, kWritable };  // kDone, or what the socket must become
  struct Attempt {
    State state = State::kDone;
    std::size_t bytes = 0;
    error_code error = {};
    bool went_well() const { return state == State::kDone && !error; }
  };
  struct Operation;
  template <typename MutableBuffers>
  struct ReadOperation;
  template <typename ConstBuffers>
  struct WriteOperation;

  // Each does what can be done without waiting.
  Attempt try_handshake();
  Attempt try_read(std::span<std::uint8_t> into);
  Attempt try_write(std::span<const std::uint8_t> from);  // into the send buffer, in part
  Attempt try_flush();
  Attempt receive();
  Attempt failed() const;  // the engine's failure
  Attempt closed() const;  // the socket's

  static net::socket_base::wait_type socket_wait(State state);
  net::awaitable<void> handshake();
  net::awaitable<void> drain();
  net::awaitable<void> wait(State state);
  error_code begin_wait(State state);
  error_code end_wait(error_code error);
  void check(const error_code& error) const;

  net::ip::tcp::socket socket_;
  net::ip::tcp::endpoint peer_;
  BufferPool& pool_;
  Engine engine_;
  Deadline deadline_;
  bool drained_ = false;  // the last recv took all there was
};

}  // namespace kerros::tls

#include "gateway/tls/stream_operations.h"  // IWYU pragma: keep
