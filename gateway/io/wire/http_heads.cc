// Heads of messages: read with Beast's parsers, written as octets.
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/status.hpp>
#include <limits>

#include "gateway/io/wire/http_connection.h"

namespace kerros::io {

namespace http = boost::beast::http;

namespace {

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

void append_fields(std::string& out, const graph::Fields& fields) {
  for (const auto& [name, value] : fields.lines()) {
    out.append(name).append(": ").append(value).append("\r\n");
  }
  out.append("\r\n");
}

}  // namespace

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
    head.fields = fields_of(message);
    if (head.status == 101) {
      if (!may_upgrade_)
        throw_bad(BadMessage::Kind::kMalformed, "switches to what nobody asked for");
      upgrade();
      co_return head;
    }
    if (head.status >= 100 && head.status < 200) continue;
    const bool bodiless = asked == graph::Method::kHead || head.status == 204 || head.status == 304;
    begin_body(bodiless ? graph::Framing{} : framing_of(parser, graph::Framing::Kind::kUntilClose));
    if (framing_.kind == graph::Framing::Kind::kUntilClose) keep_alive_ = false;
    co_return head;
  }
  throw_bad(BadMessage::Kind::kMalformed, "too many interim answers");
}

std::string to_wire(const graph::ResponseHead& head) {
  std::string reason = head.reason;
  if (reason.empty()) {
    reason = std::string(http::obsolete_reason(http::int_to_status(head.status)));
  }
  std::string out = "HTTP/1.1 " + std::to_string(head.status) + " " + reason + "\r\n";
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
