#include "tools/probe.h"

#include <gtest/gtest.h>

namespace kerros::tools {
namespace {

constexpr std::string_view kAnswer =
    "HTTP/1.1 401 Unauthorized\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length:  4 "
    "\r\n\r\n"
    "body";

TEST(ProbeAnswer, IsReadWhole) {
  HttpAnswer answer;
  ASSERT_EQ(parse_answer(kAnswer, answer).value(), Parsed::kWhole);
  EXPECT_EQ(answer.status, 401u);
  EXPECT_EQ(answer.fields.at("date"), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(answer.body, "body");
}

TEST(ProbeAnswer, GoesOnWhereverItIsCut) {
  const auto head = kAnswer.find("body");
  for (std::size_t size = 0; size < kAnswer.size(); ++size) {
    HttpAnswer answer;
    const auto parsed = parse_answer(kAnswer.substr(0, size), answer);
    ASSERT_TRUE(parsed) << size;
    EXPECT_EQ(*parsed, size < head ? Parsed::kMore : Parsed::kHead) << size;
  }
}

TEST(ProbeAnswer, WithoutALengthGoesOnToTheEnd) {
  HttpAnswer answer;
  EXPECT_EQ(parse_answer("HTTP/1.1 200 OK\r\n\r\nfunction", answer).value(), Parsed::kHead);
  EXPECT_EQ(answer.body, "function");
}

TEST(ProbeAnswer, IsRefusedWhenItIsNone) {
  for (const char* text :
       {"\r\n\r\n", "HTTP/1.1\r\n\r\n", "HTTP/1.1 20\r\n\r\n", "HTTP/1.1 2000\r\n\r\n",
        "SSH-2.0-x 200\r\n\r\n", "HTTP/1.1 200 OK\r\nno field\r\n\r\n"}) {
    HttpAnswer answer;
    EXPECT_FALSE(parse_answer(text, answer)) << text;
  }
  HttpAnswer answer;
  EXPECT_FALSE(parse_answer(std::string(70'000, 'a'), answer));
}

TEST(Probe, SaysWhyItReachesNobody) {
  const auto probe = Probe::connect("127.0.0.1", 1, std::chrono::seconds(5));
  ASSERT_FALSE(probe);
  EXPECT_EQ(probe.error().detail, "127.0.0.1:1: Connection refused");
}

}  // namespace
}  // namespace kerros::tools
