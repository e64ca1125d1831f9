// Stream as Beast sees it: heads are read and written over the AsyncStream concept.
#include <gtest/gtest.h>

#include <utility>
// <utility> first: see gateway/io/asio.h.

#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/stream_traits.hpp>
#include <boost/beast/http.hpp>

#include "tests/gateway/tls/wiring.h"

namespace kerros::tls {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
using testing::Bytes;
using testing::Pair;
using testing::pattern;

static_assert(beast::is_async_stream<Stream>::value);

using Request = http::request<http::empty_body>;
using Parser = http::request_parser<http::empty_body>;

Request request_with_fields(int fields) {
  Request request(http::verb::get, "/v1.0/drives/d/items/i/content", 11);
  request.set(http::field::host, "graph.microsoft.com");
  for (int i = 0; i < fields; ++i) request.set("x-field-" + std::to_string(i), "value");
  return request;
}

net::awaitable<void> write_head(Stream& stream, Request request) {
  http::request_serializer<http::empty_body> serializer(request);
  co_await http::async_write_header(stream, serializer, net::use_awaitable);
}

net::awaitable<void> read_head(Stream& stream, Parser& parser) {
  beast::flat_buffer buffer;
  parser.header_limit(256 * 1024);
  co_await http::async_read_header(stream, buffer, parser, net::use_awaitable);
}

TEST(BeastOverStream, CarriesHeadsOfEverySize) {
  for (const int fields : {0, 1, 30, 1000, 5000}) {
    Pair pair;
    pair.handshake();
    Parser parser;
    pair.spawn(read_head(pair.server, parser));  // waits first, then is woken
    pair.spawn(write_head(pair.client, request_with_fields(fields)));
    pair.run();
    ASSERT_TRUE(parser.is_header_done());
    EXPECT_EQ(parser.get()[http::field::host], "graph.microsoft.com");
    EXPECT_EQ(std::distance(parser.get().begin(), parser.get().end()), fields + 1);
  }
}

TEST(BeastOverStream, ReadsAHeadThatIsAlreadyThere) {
  Pair pair;
  pair.handshake();
  pair.spawn(write_head(pair.client, request_with_fields(3)));
  pair.run();
  Parser parser;
  pair.spawn(read_head(pair.server, parser));
  pair.run();
  EXPECT_TRUE(parser.is_header_done());
}

net::awaitable<void> read_head_to_the_end(Stream& stream, error_code& code) {
  Parser parser;
  try {
    co_await read_head(stream, parser);
  } catch (const system_error& error) {
    code = error.code();
  }
  stream.close();
}

TEST(BeastOverStream, TellsACleanEndFromACutConnection) {
  Pair clean;
  clean.handshake();
  error_code code;
  clean.spawn(read_head_to_the_end(clean.server, code));
  clean.spawn(clean.client.shutdown());
  clean.run();
  EXPECT_EQ(code, http::error::end_of_stream);

  Pair cut;
  cut.handshake();
  cut.spawn(read_head_to_the_end(cut.server, code));
  cut.client.socket().shutdown(net::ip::tcp::socket::shutdown_send);
  cut.run();
  EXPECT_EQ(code, Errc::kTruncated);
}

TEST(BeastOverStream, EndsAtItsDeadline) {
  Pair pair;
  pair.handshake();
  Parser parser;
  pair.server.expires_after(std::chrono::milliseconds(20));
  EXPECT_EQ(pair.code_of(read_head(pair.server, parser)), error_code(net::error::timed_out));
}

net::awaitable<void> write_all(Stream& stream, const Bytes& bytes) {
  co_await net::async_write(stream, net::buffer(bytes), net::use_awaitable);
}

net::awaitable<void> read_all(Stream& stream, Bytes& into) {
  co_await net::async_read(stream, net::buffer(into), net::use_awaitable);
}

TEST(BeastOverStream, CarriesMoreThanTheSocketsHold) {
  Pair pair;
  pair.handshake();
  const Bytes sent = pattern(16 << 20, 7);
  Bytes got(sent.size());
  pair.spawn(write_all(pair.client, sent));
  pair.spawn(read_all(pair.server, got));
  pair.run();
  EXPECT_TRUE(got == sent);
}

TEST(BeastOverStream, CompletesEmptyOperations) {
  Pair pair;
  pair.handshake();
  std::size_t calls = 0;
  const auto handler = [&](error_code error, std::size_t bytes) {
    EXPECT_FALSE(error);
    EXPECT_EQ(bytes, 0U);
    ++calls;
  };
  pair.client.async_read_some(net::mutable_buffer(), handler);
  pair.client.async_write_some(net::const_buffer(), handler);
  EXPECT_EQ(calls, 0U);  // never from within the starting function
  pair.run();
  EXPECT_EQ(calls, 2U);
}

}  // namespace
}  // namespace kerros::tls
