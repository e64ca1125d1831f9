// The AsyncStream side of Stream: its two composed operations as small state machines.
//
// Only stream.h includes this. Thread safety and Lifetime: as told there.
#pragma once

#include <utility>

#include "gateway/tls/stream.h"

namespace kerros::tls {

// What both have in common: entered once by the starting function, then after each wait or post.
struct Stream::Operation {
  Stream& stream;
  bool waiting = false;
  bool suspended = false;  // has left the starting function, so that the handler may be called
  Attempt result = {};
  bool finished = false;

  void settle(Attempt attempt) {
    result = attempt;
    finished = attempt.state == State::kDone;
  }

  // The error of the wait that has just ended, if one has.
  error_code resume(error_code error) {
    return std::exchange(waiting, false) ? stream.end_wait(error) : error_code();
  }

  template <typename Self>
  void suspend(Self& self) {
    suspended = true;
    if (!finished) {
      const State state = result.state;
      const error_code error = stream.begin_wait(state);
      if (!error) {
        waiting = true;
        return stream.socket_.async_wait(socket_wait(state), std::move(self));
      }
      settle({State::kDone, 0, error});
    }
    net::post(stream.get_executor(), std::move(self));
  }
};

template <typename MutableBuffers>
struct Stream::ReadOperation : Stream::Operation {
  MutableBuffers buffers;

  ReadOperation(Stream& owner, const MutableBuffers& into) : Operation{owner}, buffers(into) {}

  template <typename Self>
  void operator()(Self& self, error_code error = {}) {
    if (!finished) {
      error = resume(error);
      settle(error ? Attempt{State::kDone, 0, error} : attempt());
      if (!finished || !suspended) return suspend(self);
    }
    self.complete(result.error, result.bytes);
  }

  Attempt attempt() const {
    const auto into = first();
    if (into.empty()) return {};
    Attempt tried = stream.try_read(into);
    const bool ended = tried.state == State::kDone && !tried.error && tried.bytes == 0;
    if (ended) tried.error = net::error::eof;
    return tried;
  }

  std::span<std::uint8_t> first() const {
    const auto end = net::buffer_sequence_end(buffers);
    for (auto next = net::buffer_sequence_begin(buffers); next != end; ++next) {
      const net::mutable_buffer buffer(*next);
      if (buffer.size() > 0) return {static_cast<std::uint8_t*>(buffer.data()), buffer.size()};
    }
    return {};
  }
};

template <typename ConstBuffers>
struct Stream::WriteOperation : Stream::Operation {
  ConstBuffers buffers;
  std::size_t taken = 0;

  WriteOperation(Stream& owner, const ConstBuffers& from) : Operation{owner}, buffers(from) {}

  template <typename Self>
  void operator()(Self& self, error_code error = {}) {
    if (!finished) {
      error = resume(error);
      settle(error ? Attempt{State::kDone, 0, error} : attempt());
      if (!finished || !suspended) return suspend(self);
    }
    self.complete(result.error, result.error ? 0 : taken);
  }

  Attempt attempt() {
    if (taken == 0 && net::buffer_size(buffers) > 0) {
      const Attempt tried = take();
      if (tried.state != State::kDone || tried.error) return tried;
      taken = tried.bytes;
    }
    return stream.try_flush();
  }

  // A head comes as dozens of tiny buffers: gathered, they make one record instead of dozens.
  Attempt take() const {
    const net::const_buffer front(*net::buffer_sequence_begin(buffers));
    if (front.size() == net::buffer_size(buffers))
      return stream.try_write({static_cast<const std::uint8_t*>(front.data()), front.size()});
    const auto gathered = stream.pool_.take(BufferPool::Size::kSmall);
    const auto bytes = gathered.bytes();
    const std::size_t size =
        net::buffer_copy(net::mutable_buffer(bytes.data(), bytes.size()), buffers);
    return stream.try_write(bytes.first(size));
  }
};

template <typename MutableBuffers, typename Token>
auto Stream::async_read_some(const MutableBuffers& buffers, Token&& token) {
  return net::async_compose<Token, void(error_code, std::size_t)>(
      ReadOperation<MutableBuffers>(*this, buffers), token, socket_);
}

template <typename ConstBuffers, typename Token>
auto Stream::async_write_some(const ConstBuffers& buffers, Token&& token) {
  return net::async_compose<Token, void(error_code, std::size_t)>(
      WriteOperation<ConstBuffers>(*this, buffers), token, socket_);
}

}  // namespace kerros::tls
