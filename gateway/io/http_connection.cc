#include "gateway/io/http_connection.h"

#include <algorithm>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/status.hpp>
#include <cstring>
#include <limits>

#include "gateway/io/refused.h"

namespace kerros::io {

namespace http = boost::beast::http;

namespace {

constexpr std::size_t kFirstBuffer = 4096;  // grows to the head limit only for long heads

template <typename Parser>
void prepare(Parser& parser, std::size_t head_limit) {
  parser.header_limit(static_cast<std::uint32_t>(head_limit));
  // boost::none would reject every message with a length (boostorg/beast#2070).
  parser.body_limit(std::numeric_limits<std::uint64_t>::max());
}

template <typename Message>
graph::Fields fields_of(const Message& message) {
  graph::Fields fields;
  for (const auto& field : message)
    fields.add(std::string(field.name_string()), std::string(field.value()));
  return fields;
}

template <typename Parser>
graph::Framing framing_of(Parser& parser, graph::Framing::Kind otherwise) {
  if (parser.chunked()) return {graph::Framing::Kind::kChunked, 0};
  if (const auto length = parser.content_length())
    return {*length == 0 ? graph::Framing::Kind::kNone : graph::Framing::Kind::kLength, *length};
  return {otherwise, 0};
}

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

template <typename Parser>
net::awaitable<bool> HttpConnection::read_head(Parser& parser) {
  prepare(parser, head_limit_);
  bool begun = begin_ < end_;
  bool first_wait = true;
  for (;;) {
    if (begin_ < end_) {
      boost::system::error_code error;
      const net::const_buffer unread(buffer_.data() + begin_, end_ - begin_);
      begin_ += parser.put(unread, error);
      if (parser.is_header_done() && !error) break;
      if (error == http::error::header_limit || end_ - begin_ > head_limit_)
        throw_bad(BadMessage::Kind::kTooLarge, "the head is larger than the limit");
      if (error && error != http::error::need_more)
        throw_bad(BadMessage::Kind::kMalformed, error.message());
    }
    // Whoever sends a head byte by byte does not gain time with each.
    if (!co_await fill(first_wait ? Renew::kYes : Renew::kNo)) {
      if (begun) throw_truncated();
      co_return false;
    }
    first_wait = false;
    begun = true;
  }
  keep_alive_ = parser.keep_alive();
  co_return true;
}

net::awaitable<std::optional<graph::RequestHead>> HttpConnection::read_request() {
  http::request_parser<http::empty_body> parser;
  if (!co_await read_head(parser)) co_return std::nullopt;
  const auto& message = parser.get();
  if (message.version() != 11)
    throw_bad(BadMessage::Kind::kMalformed, "only HTTP/1.1 is spoken here");
  graph::RequestHead head;
  head.method_token = std::string(message.method_string());
  head.method = graph::method_of(head.method_token);
  head.target = std::string(message.target());
  head.fields = fields_of(message);
  begin_body(framing_of(parser, graph::Framing::Kind::kNone));
  co_return head;
}

net::awaitable<graph::ResponseHead> HttpConnection::read_response(graph::Method asked) {
  for (int interim = 0; interim < 8; ++interim) {
    http::response_parser<http::empty_body> parser;
    if (!co_await read_head(parser)) throw_truncated();
    const auto& message = parser.get();
    graph::ResponseHead head;
    head.status = message.result_int();
    if (head.status >= 100 && head.status < 200) continue;
    head.fields = fields_of(message);
    const bool bodiless = asked == graph::Method::kHead || head.status == 204 || head.status == 304;
    begin_body(bodiless ? graph::Framing{} : framing_of(parser, graph::Framing::Kind::kUntilClose));
    if (framing_.kind == graph::Framing::Kind::kUntilClose) keep_alive_ = false;
    co_return head;
  }
  throw_bad(BadMessage::Kind::kMalformed, "too many interim answers");
}

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

namespace {

void append_fields(std::string& out, const graph::Fields& fields) {
  for (const auto& [name, value] : fields.lines()) {
    out.append(name).append(": ").append(value).append("\r\n");
  }
  out.append("\r\n");
}

}  // namespace

std::string to_wire(const graph::ResponseHead& head) {
  const auto reason = http::obsolete_reason(http::int_to_status(head.status));
  std::string out = "HTTP/1.1 " + std::to_string(head.status) + " " + std::string(reason) + "\r\n";
  append_fields(out, head.fields);
  return out;
}

std::string to_wire(std::string_view method, std::string_view target, const graph::Fields& fields) {
  std::string out(method);
  out.append(" ").append(target).append(" HTTP/1.1\r\n");
  append_fields(out, fields);
  return out;
}

}  // namespace kerros::io
