#include "gateway/io/wire/http_connection.h"

#include <algorithm>
#include <cstring>

#include "gateway/io/refused.h"

namespace kerros::io {

namespace {

constexpr std::size_t kFirstBuffer = 4096;  // grows to the head limit only for long heads

}  // namespace

HttpConnection::HttpConnection(std::unique_ptr<tls::Stream> stream, Side side,
                               std::size_t head_limit)
    : stream_(std::move(stream)), side_(side), head_limit_(head_limit) {}

void HttpConnection::throw_failed(const boost::system::system_error& error) const {
  if (side_ == Side::kUpstream)
    throw Refused{graph::Refusal::kUpstreamUnreachable, "", error.what()};
  throw error;
}

void HttpConnection::throw_bad(BadMessage::Kind kind, const std::string& what) const {
  if (side_ == Side::kUpstream) throw Refused{graph::Refusal::kUpstreamMalformed, "", what};
  throw BadMessage(kind, what);
}

void HttpConnection::throw_truncated() const {
  throw_failed(boost::system::system_error(net::error::make_error_code(net::error::eof),
                                           "the message ends before its body does"));
}

net::awaitable<std::size_t> HttpConnection::receive(MutableByteView into, Renew renew) {
  std::optional<boost::system::system_error> failed;
  try {
    if (renew == Renew::kYes) stream_->expires_after(patience_);
    co_return co_await stream_->read_some(into);
  } catch (const boost::system::system_error& error) {
    failed = error;
  }
  throw_failed(*failed);
}

void HttpConnection::upgrade() {
  begin_body({graph::Framing::Kind::kUntilClose, 0});
  keep_alive_ = false;
}

void HttpConnection::end_within(std::chrono::milliseconds time) {
  patience_ = time;
  stream_->expires_after(time);
}

net::awaitable<void> HttpConnection::write_continue() {
  static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  co_await write(as_bytes(kContinue));
}

net::awaitable<void> HttpConnection::write_head(const graph::ResponseHead& head,
                                                std::string_view body) {
  std::string wire = to_wire(head);
  wire.append(body);  // one record for both
  co_await write_more(as_bytes(wire));
}

net::awaitable<void> HttpConnection::write(ByteView bytes) {
  co_await write_more(bytes);
  co_await flush();
}

net::awaitable<void> HttpConnection::write_more(ByteView bytes) {
  std::optional<boost::system::system_error> failed;
  try {
    stream_->expires_after(patience_);
    co_await stream_->write_more(bytes);
    co_return;
  } catch (const boost::system::system_error& error) {
    failed = error;
  }
  throw_failed(*failed);
}

net::awaitable<void> HttpConnection::flush() {
  std::optional<boost::system::system_error> failed;
  try {
    co_await stream_->flush();
    co_return;
  } catch (const boost::system::system_error& error) {
    failed = error;
  }
  throw_failed(*failed);
}

net::awaitable<bool> HttpConnection::fill(Renew renew) {
  if (begin_ == end_) begin_ = end_ = 0;
  if (end_ == buffer_.size()) {
    if (begin_ > 0) {
      std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
      end_ -= begin_;
      begin_ = 0;
    } else {
      buffer_.resize(std::max(kFirstBuffer, buffer_.size() * 2));
    }
  }
  const std::size_t got = co_await receive(MutableByteView(buffer_).subspan(end_), renew);
  end_ += got;
  co_return got > 0;
}

}  // namespace kerros::io
