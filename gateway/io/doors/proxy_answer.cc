#include "gateway/io/doors/proxy_answer.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>

#include "gateway/io/wire/http_connection.h"

namespace kerros::io {

namespace http = boost::beast::http;

namespace {

// RFC 9112 5.2: a proxy that joins continued lines and one that does not read two messages.
bool has_continued_line(std::string_view head) {
  return head.find("\n ") != std::string_view::npos || head.find("\n\t") != std::string_view::npos;
}

std::string whole_answer(unsigned status, std::string_view body, graph::Fields fields) {
  fields.set("Content-Length", std::to_string(body.size()));
  fields.set("Connection", "close");
  return to_wire(graph::ResponseHead{status, std::move(fields)}) + std::string(body);
}

}  // namespace

Result<graph::RequestHead> parse_proxy_request(std::string_view text) {
  if (has_continued_line(text)) return fail(ErrorCode::kMalformed, "a field goes on in a new line");
  http::request_parser<http::empty_body> parser;
  parser.header_limit(static_cast<std::uint32_t>(text.size()));
  boost::system::error_code error;
  parser.put(boost::asio::const_buffer(text.data(), text.size()), error);
  if (error || !parser.is_header_done())
    return fail(ErrorCode::kMalformed, error ? error.message() : "the head is not whole");
  const auto& message = parser.get();
  graph::RequestHead head;
  head.method_token = std::string(message.method_string());
  head.method = graph::method_of(head.method_token);
  head.target = std::string(message.target());
  for (const auto& field : message)
    head.fields.add(std::string(field.name_string()), std::string(field.value()));
  if (head.fields.count("Host") > 1) return fail(ErrorCode::kMalformed, "two Host fields");
  if (head.fields.count("Transfer-Encoding") > 0 ||
      head.fields.find("Content-Length").value_or("0") != "0" ||
      head.fields.count("Content-Length") > 1)
    return fail(ErrorCode::kMalformed, "a request to the proxy has no body");
  return head;
}

std::string proxy_answer(unsigned status, std::string_view sentence, graph::Fields fields) {
  fields.set("Content-Type", "text/plain; charset=utf-8");
  return whole_answer(status, std::string(sentence) + "\n", std::move(fields));
}

std::string pac_answer(std::string_view pac) {
  graph::Fields fields;
  fields.add("Content-Type", "application/x-ns-proxy-autoconfig");
  fields.add("Cache-Control", "max-age=3600");
  return whole_answer(200, pac, std::move(fields));
}

}  // namespace kerros::io
