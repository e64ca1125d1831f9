#include "gateway/graph/chunked.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <optional>
#include <string>

namespace kerros::graph {
namespace {

struct Taken {
  std::string body;
  std::string rest;  // what follows the message
};

// Reads `wire` as a connection would: `step` more bytes whenever the reader wants some, bodies in
// pieces of at most `max_body`. Nothing when it is refused or ends too early.
std::optional<Taken> read(std::string_view wire, std::size_t step, std::size_t max_body) {
  ChunkedReader reader;
  Taken taken;
  std::size_t begin = 0, end = 0;
  while (!reader.done()) {
    const auto taking = reader.take(as_bytes(wire.substr(begin, end - begin)), max_body);
    if (!taking) return std::nullopt;
    EXPECT_LE(taking->consumed, end - begin);
    EXPECT_LE(taking->body.size(), std::min(max_body, taking->consumed));
    taken.body += as_text(taking->body);
    begin += taking->consumed;
    if (taking->consumed > 0) continue;
    if (end == wire.size()) return std::nullopt;
    end = std::min(wire.size(), end + step);
  }
  taken.rest = wire.substr(begin);
  return taken;
}

std::optional<std::string> body_of(std::string_view wire) {
  auto taken = read(wire, wire.size(), 65536);
  if (!taken) return std::nullopt;
  return taken->body;
}

TEST(ChunkedReader, JoinsChunks) {
  EXPECT_EQ(body_of("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"), "hello world");
  EXPECT_EQ(body_of("0\r\n\r\n"), "");
}

TEST(ChunkedReader, ReadsSizesInBothCasesWithZerosBefore) {
  EXPECT_EQ(body_of("00A\r\n0123456789\r\n0\r\n\r\n"), "0123456789");
  EXPECT_EQ(body_of("000000000000000a\r\n0123456789\r\n0\r\n\r\n"), "0123456789");
}

TEST(ChunkedReader, SkipsExtensionsAndTrailers) {
  EXPECT_EQ(body_of("2;name=value\r\nab\r\n0;last\r\nDigest: x\r\nOther: y\r\n\r\n"), "ab");
}

TEST(ChunkedReader, LeavesWhatFollowsTheMessage) {
  const auto taken = read("1\r\na\r\n0\r\n\r\nGET / HTTP/1.1\r\n", 64, 10);
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->rest, "GET / HTTP/1.1\r\n");
}

TEST(ChunkedReader, RefusesWhatTwoReadersCouldReadInTwoWays) {
  for (const char* wire : {"5\nhello\r\n0\r\n\r\n",       // a lone line feed
                           "\r\n0\r\n\r\n",               // no size
                           "-1\r\na\r\n0\r\n\r\n",        // a sign
                           "+1\r\na\r\n0\r\n\r\n",        //
                           "0x1\r\na\r\n0\r\n\r\n",       // another notation
                           " 1\r\na\r\n0\r\n\r\n",        // a blank before it
                           "1g\r\na\r\n0\r\n\r\n",        // a digit that is none
                           "10000000000000000\r\na\r\n",  // 2^64
                           "00000000000000001\r\na\r\n",  // 17 digits
                           "1\r\nab\r\n0\r\n\r\n",        // longer than its size
                           "1\r\na\n0\r\n\r\n",           // ends in a lone line feed
                           "1\r\na0\r\n\r\n",             // no end
                           "0\r\nDigest: x\n\r\n"})       // a trailer line
    EXPECT_EQ(body_of(wire), std::nullopt) << wire;
}

TEST(ChunkedReader, IsNotDoneBeforeTheLastLine) {
  const std::string wire = "3\r\nabc\r\n0\r\nA: b\r\n\r\n";
  for (std::size_t size = 0; size < wire.size(); ++size)
    EXPECT_EQ(body_of(std::string_view(wire).substr(0, size)), std::nullopt) << size;
}

TEST(ChunkedReader, BoundsLinesAndTrailers) {
  EXPECT_FALSE(read("1;" + std::string(5000, 'x') + "\r\na\r\n0\r\n\r\n", 100, 100));
  std::string trailers = "0\r\n";
  for (int line = 0; line < 20; ++line) trailers += "A: " + std::string(1000, 'x') + "\r\n";
  EXPECT_FALSE(read(trailers + "\r\n", 100, 100));
}

RC_GTEST_PROP(ChunkedReader, GivesTheSameBodyHoweverTheInputIsSliced, ()) {
  const auto chunks =
      *rc::gen::container<std::vector<std::string>>(rc::gen::nonEmpty<std::string>());
  std::string body, wire;
  for (const std::string& chunk : chunks) {
    char size[20];
    std::snprintf(size, sizeof size, *rc::gen::arbitrary<bool>() ? "%zx" : "%04zX", chunk.size());
    wire.append(size).append(*rc::gen::element<std::string>("", ";a=b", " ;a")).append("\r\n");
    wire.append(chunk).append("\r\n");
    body += chunk;
  }
  wire += *rc::gen::element<std::string>("0\r\n\r\n", "00\r\nExpires: never\r\n\r\n");
  const auto step = *rc::gen::inRange<std::size_t>(1, 40);
  const auto most = *rc::gen::inRange<std::size_t>(1, 40);
  const auto taken = read(wire + "rest", step, most);
  RC_ASSERT(taken.has_value());
  RC_ASSERT(taken->body == body);
  RC_ASSERT(taken->rest == "rest");
}

}  // namespace
}  // namespace kerros::graph
