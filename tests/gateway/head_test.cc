#include "gateway/graph/head.h"

#include <gtest/gtest.h>

namespace kerros::graph {
namespace {

Result<Framing> framing_of(std::vector<std::pair<std::string, std::string>> lines) {
  RequestHead head;
  for (auto& [name, value] : lines) head.fields.add(name, value);
  return request_framing(head);
}

TEST(Method, ComparesWithCase) {
  EXPECT_EQ(method_of("PATCH"), Method::kPatch);
  EXPECT_EQ(method_of("patch"), Method::kOther);
  EXPECT_EQ(name(Method::kDelete), "DELETE");
}

TEST(Fields, CompareNamesWithoutCase) {
  Fields fields;
  fields.add("If-Match", "a");
  fields.add("IF-MATCH", "b");
  EXPECT_EQ(fields.find("if-match"), "a");
  EXPECT_EQ(fields.count("If-match"), 2U);
}

TEST(Fields, SetReplacesEveryLineOfTheName) {
  Fields fields;
  fields.add("A", "1");
  fields.add("B", "2");
  fields.add("a", "3");
  fields.set("A", "4");
  ASSERT_EQ(fields.lines().size(), 2U);
  EXPECT_EQ(fields.lines()[0], (std::pair<std::string, std::string>{"A", "4"}));
  EXPECT_EQ(fields.lines()[1].first, "B");
}

TEST(Fields, RemoveTakesEveryLineOfTheName) {
  Fields fields;
  fields.add("Cookie", "1");
  fields.add("cookie", "2");
  fields.remove("COOKIE");
  EXPECT_TRUE(fields.lines().empty());
}

TEST(Framing, ReadsALength) {
  const auto framing = framing_of({{"Content-Length", "42"}});
  ASSERT_TRUE(framing);
  EXPECT_EQ(framing->kind, Framing::Kind::kLength);
  EXPECT_EQ(framing->length, 42U);
}

TEST(Framing, ReadsChunked) {
  EXPECT_EQ(framing_of({{"Transfer-Encoding", "Chunked"}})->kind, Framing::Kind::kChunked);
}

TEST(Framing, RefusesWhatTwoReadersCouldReadDifferently) {
  EXPECT_FALSE(framing_of({{"Content-Length", "1"}, {"Transfer-Encoding", "chunked"}}));
  EXPECT_FALSE(framing_of({{"Content-Length", "1"}, {"Content-Length", "2"}}));
  EXPECT_FALSE(framing_of({{"Content-Length", "1"}, {"content-length", "1"}}));
  EXPECT_FALSE(framing_of({{"Transfer-Encoding", "gzip, chunked"}}));
  EXPECT_FALSE(framing_of({{"Transfer-Encoding", "identity"}}));
  for (const char* text : {"", "-1", "+1", " 1", "1 ", "0x1", "1,1", "18446744073709551616"})
    EXPECT_FALSE(framing_of({{"Content-Length", text}})) << text;
}

TEST(Framing, OfAnAnswerDependsOnTheRequest) {
  ResponseHead head{200, {}};
  EXPECT_EQ(response_framing(Method::kGet, head)->kind, Framing::Kind::kUntilClose);
  head.fields.add("Content-Length", "9");
  EXPECT_EQ(response_framing(Method::kGet, head)->length, 9U);
  EXPECT_EQ(response_framing(Method::kHead, head)->kind, Framing::Kind::kNone);
  head.status = 304;
  EXPECT_EQ(response_framing(Method::kGet, head)->kind, Framing::Kind::kNone);
}

}  // namespace
}  // namespace kerros::graph
