// Bodies of messages: read as their framing says, straight off the stream.
#include <algorithm>
#include <cstring>

#include "gateway/io/wire/http_connection.h"

namespace kerros::io {

void HttpConnection::begin_body(const graph::Framing& framing) {
  framing_ = framing;
  left_ = framing.length;
  body_read_ = 0;
  until_close_ended_ = false;
  chunked_ = {};
}

bool HttpConnection::body_finished() const {
  switch (framing_.kind) {
    case graph::Framing::Kind::kNone:
      return true;
    case graph::Framing::Kind::kLength:
      return left_ == 0;
    case graph::Framing::Kind::kChunked:
      return chunked_.done();
    case graph::Framing::Kind::kUntilClose:
      return until_close_ended_;
  }
  return true;
}

net::awaitable<std::size_t> HttpConnection::read_raw(MutableByteView into) {
  if (begin_ == end_) co_return co_await receive(into, Renew::kYes);
  const std::size_t size = std::min(into.size(), end_ - begin_);
  std::memcpy(into.data(), buffer_.data() + begin_, size);
  begin_ += size;
  co_return size;
}

net::awaitable<std::size_t> HttpConnection::read_chunked(MutableByteView into) {
  while (!chunked_.done()) {
    const ByteView unread = ByteView(buffer_).subspan(begin_, end_ - begin_);
    const auto step = chunked_.take(unread, into.size());
    if (!step) throw_bad(BadMessage::Kind::kMalformed, step.error().detail);
    begin_ += step->consumed;
    if (!step->body.empty()) {
      std::ranges::copy(step->body, into.begin());
      co_return step->body.size();
    }
    if (step->consumed == 0 && !chunked_.done() && !co_await fill(Renew::kYes)) throw_truncated();
  }
  co_return 0;
}

net::awaitable<std::size_t> HttpConnection::read_body(MutableByteView into) {
  if (body_finished() || into.empty()) co_return 0;
  std::size_t got = 0;
  switch (framing_.kind) {
    case graph::Framing::Kind::kNone:
      co_return 0;
    case graph::Framing::Kind::kLength:
      got = co_await read_raw(
          into.first(static_cast<std::size_t>(std::min<std::uint64_t>(left_, into.size()))));
      if (got == 0) throw_truncated();
      left_ -= got;
      break;
    case graph::Framing::Kind::kChunked:
      got = co_await read_chunked(into);
      break;
    case graph::Framing::Kind::kUntilClose:
      got = co_await read_raw(into);
      until_close_ended_ = got == 0;
      break;
  }
  body_read_ += got;
  co_return got;
}

net::awaitable<std::optional<std::string>> HttpConnection::collect_body(std::size_t limit) {
  std::string body;
  if (framing_.kind == graph::Framing::Kind::kLength) {
    if (framing_.length > limit) co_return std::nullopt;
    body.reserve(static_cast<std::size_t>(framing_.length));
  }
  std::size_t size = 0;
  for (;;) {
    body.resize(size + 16384);
    const auto space = MutableByteView(reinterpret_cast<std::uint8_t*>(body.data()) + size, 16384);
    const std::size_t got = co_await read_body(space);
    size += got;
    if (got == 0) break;
    if (size > limit) co_return std::nullopt;
  }
  body.resize(size);
  co_return body;
}

net::awaitable<bool> HttpConnection::drain_body(std::uint64_t limit) {
  Bytes sink(16384);
  for (std::uint64_t total = 0; !body_finished();) {
    if (total > limit) co_return false;
    total += co_await read_body(sink);
  }
  co_return true;
}

}  // namespace kerros::io
