#include "gateway/tls/stream.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <utility>

#include "gateway/io/sockets.h"

namespace kerros::tls {
namespace {

constexpr auto kShutdownLimit = std::chrono::seconds(2);  // of silence
// What a closing connection still reads away, undeciphered: a peer in the midst of a large message
// would otherwise meet a reset before the answer that tells it why (RFC 9112, section 9.6).
constexpr std::size_t kDrainLimit = 64 * 1024 * 1024;
constexpr auto kDrainTime = std::chrono::seconds(10);

bool would_block(int number) { return number == EAGAIN || number == EWOULDBLOCK; }

error_code system_code(int number) { return {number, boost::system::system_category()}; }

}  // namespace

Stream::Stream(net::ip::tcp::socket socket, std::shared_ptr<Context> context, BufferPool& pool)
    : socket_(std::move(socket)),
      pool_(pool),
      engine_(std::move(context), pool),
      deadline_(socket_) {
  error_code ignored;  // a connection already gone tells so at the first operation
  peer_ = socket_.remote_endpoint(ignored);
  socket_.set_option(net::ip::tcp::no_delay(true), ignored);  // we gather, the kernel need not
}

void Stream::expires_after(std::chrono::steady_clock::duration duration) {
  deadline_.expires_after(duration);
}

void Stream::expires_never() { deadline_.expires_never(); }

std::string Stream::peer() const {
  const bool v6 = peer_.address().is_v6();
  const std::string address = peer_.address().to_string();
  return (v6 ? "[" + address + "]" : address) + ":" + std::to_string(peer_.port());
}

// --- What can be done without waiting -----------------------------------------------------------

Stream::Attempt Stream::failed() const { return {State::kDone, 0, engine_.error()}; }

Stream::Attempt Stream::closed() const {
  const error_code aborted = net::error::operation_aborted;
  return {State::kDone, 0, deadline_.expired() ? error_code(net::error::timed_out) : aborted};
}

Stream::Attempt Stream::receive() {
  if (!socket_.is_open()) return closed();
  // What the last recv left is nothing: asking again would cost a system call to hear so.
  if (drained_) return {State::kReadable};
  const auto room = engine_.wire().in_room();
  const ssize_t got = ::recv(socket_.native_handle(), room.data(), room.size(), MSG_DONTWAIT);
  if (got < 0) {
    if (errno == EINTR) return receive();
    if (would_block(errno)) return {State::kReadable};
    return {State::kDone, 0, system_code(errno)};
  }
  const auto bytes = static_cast<std::size_t>(got);
  engine_.wire().in_filled(bytes);
  if (bytes == 0) engine_.wire().in_ended();
  drained_ = bytes < room.size();
  return {};
}

Stream::Attempt Stream::try_flush() {
  for (;;) {
    const auto pending = engine_.wire().out_pending();
    if (pending.empty()) return {};
    if (!socket_.is_open()) return closed();
    const ssize_t sent = ::send(socket_.native_handle(), pending.data(), pending.size(),
                                MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent >= 0)
      engine_.wire().out_sent(static_cast<std::size_t>(sent));
    else if (would_block(errno))
      return {State::kWritable};
    else if (errno != EINTR)
      return {State::kDone, 0, system_code(errno)};
  }
}

Stream::Attempt Stream::try_handshake() {
  for (;;) {
    const Progress progress = engine_.handshake();
    const Attempt flushed = try_flush();  // an alert as well: the peer shall hear why
    if (progress == Progress::kFailed) return failed();
    if (!flushed.went_well()) return flushed;
    if (progress == Progress::kDone) {
      engine_.wire().in_rest();
      return {};
    }
    if (progress == Progress::kNeedsOutput) continue;
    const Attempt received = receive();
    if (!received.went_well()) return received;
  }
}

Stream::Attempt Stream::try_read(std::span<std::uint8_t> into) {
  for (;;) {
    const std::size_t queued = engine_.wire().out_pending().size();
    const Step step = engine_.read(into);
    // Reading may make OpenSSL answer (an alert). What a writer has gathered waits for its flush.
    const bool stuck = step.progress == Progress::kNeedsOutput;
    if (stuck || engine_.wire().out_pending().size() > queued) {
      const Attempt flushed = try_flush();
      if (stuck && !flushed.went_well()) return flushed;
    }
    if (stuck) continue;
    if (step.progress == Progress::kFailed) return failed();
    if (step.progress == Progress::kEnd) return {};
    if (step.progress == Progress::kDone) {
      if (drained_) engine_.wire().in_rest();  // the connection may be idle from here on
      return {State::kDone, step.bytes, {}};
    }
    const Attempt received = receive();
    if (!received.went_well()) return received;
  }
}

Stream::Attempt Stream::try_write(std::span<const std::uint8_t> from) {
  for (;;) {
    if (!socket_.is_open()) return closed();
    const Step step = engine_.write(from);
    if (step.progress == Progress::kDone) return {State::kDone, step.bytes, {}};
    if (step.progress != Progress::kNeedsOutput) return failed();
    const Attempt flushed = try_flush();
    if (!flushed.went_well()) return flushed;
  }
}

// --- Waiting ------------------------------------------------------------------------------------

net::socket_base::wait_type Stream::socket_wait(State state) {
  return state == State::kReadable ? net::socket_base::wait_read : net::socket_base::wait_write;
}

error_code Stream::begin_wait(State state) {
  if (!deadline_.begin_wait()) return net::error::timed_out;
  if (state == State::kReadable) {
    engine_.wire().in_rest();
    drained_ = false;
  }
  return {};
}

error_code Stream::end_wait(error_code error) {
  deadline_.end_wait();
  return error == net::error::operation_aborted ? closed().error : error;
}

net::awaitable<void> Stream::wait(State state) {
  check(begin_wait(state));
  error_code error;
  co_await socket_.async_wait(socket_wait(state), net::redirect_error(net::use_awaitable, error));
  check(end_wait(error));
}

void Stream::check(const error_code& error) const {
  if (!error) return;
  if (error.category() == category()) throw system_error(error, engine_.failure());
  throw system_error(error);
}

// --- The coroutine forms ------------------------------------------------------------------------

net::awaitable<void> Stream::handshake() {
  for (;;) {
    const Attempt attempt = try_handshake();
    check(attempt.error);
    if (attempt.state == State::kDone) co_return;
    co_await wait(attempt.state);
  }
}

net::awaitable<void> Stream::handshake_server() { return handshake(); }

net::awaitable<void> Stream::handshake_client(std::string host) {
  if (engine_.expect_host(host) == Progress::kFailed) check(engine_.error());
  co_await handshake();
}

net::awaitable<std::size_t> Stream::read_some(std::span<std::uint8_t> into) {
  for (;;) {
    const Attempt attempt = try_read(into);
    check(attempt.error);
    if (attempt.state == State::kDone) co_return attempt.bytes;
    co_await wait(attempt.state);
  }
}

net::awaitable<void> Stream::write_more(std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const Attempt attempt = try_write(bytes);
    check(attempt.error);
    bytes = bytes.subspan(attempt.bytes);
    if (attempt.state != State::kDone) co_await wait(attempt.state);
  }
}

net::awaitable<void> Stream::flush() {
  for (;;) {
    const Attempt attempt = try_flush();
    check(attempt.error);
    if (attempt.state == State::kDone) co_return;
    co_await wait(attempt.state);
  }
}

net::awaitable<void> Stream::write(std::span<const std::uint8_t> bytes) {
  co_await write_more(bytes);
  co_await flush();
}

net::awaitable<void> Stream::shutdown() {
  try {
    expires_after(kShutdownLimit);
    while (engine_.close() == Progress::kNeedsOutput) co_await flush();
    co_await flush();
    co_await drain();
  } catch (const system_error&) {
    // The peer is gone or too slow: there is nobody left to say goodbye to.
  }
  close();
}

net::awaitable<void> Stream::drain() {
  socket_.shutdown(net::ip::tcp::socket::shutdown_send);
  const auto end = std::chrono::steady_clock::now() + kDrainTime;
  std::size_t drained = 0;
  while (!engine_.wire().has_ended() && drained < kDrainLimit &&
         std::chrono::steady_clock::now() < end) {
    expires_after(kShutdownLimit);
    const Attempt attempt = receive();
    check(attempt.error);
    if (attempt.state != State::kDone) co_await wait(attempt.state);
    drained += engine_.wire().in_pending();
    engine_.wire().in_drop();  // nobody will read it
  }
}

void Stream::reset() { cut_off(socket_); }

void Stream::close() {
  error_code ignored;
  socket_.close(ignored);
}

}  // namespace kerros::tls
