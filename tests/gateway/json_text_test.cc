#include "gateway/graph/json_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace kerros::graph {
namespace {

TEST(JsonText, RefusesWhatIsNotJson) {
  for (const char* json : {"", " ", "{", "[1,]", "{\"a\":1,}", "{'a':1}", "tru", "01", "1.2.3",
                           "\"\xff\"", "{\"a\":1}{", "\"\\x\"", "nan", "\xff\xfe{\0}\0"})
    EXPECT_FALSE(JsonText::parse(json)) << json;
}

TEST(JsonText, BoundsItsDepth) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_TRUE(JsonText::parse(nested(JsonText::kMostDepth - 1)));
  EXPECT_FALSE(JsonText::parse(nested(JsonText::kMostDepth + 1)));
  EXPECT_FALSE(JsonText::parse(nested(10000)));
}

TEST(JsonText, ListsMembersAndElements) {
  const std::string json =
      " {\"a\" : [1, \"]\\\"\" , {}] ,\"\\u0062\":{\"c\":-1.50E+3}, \"d\":null } ";
  auto text = JsonText::parse(json);
  ASSERT_TRUE(text);
  const Members members = text->members(text->root());
  ASSERT_EQ(members.size(), 3U);
  EXPECT_EQ(members[1].name, "b");
  EXPECT_EQ(text->raw(members[1].value), "{\"c\":-1.50E+3}");
  EXPECT_EQ(text->raw(members[2].value), "null");
  const auto elements = text->elements(members[0].value);
  ASSERT_EQ(elements.size(), 3U);
  EXPECT_EQ(text->string_of(elements[1]), "]\"");
}

TEST(JsonText, UnescapesStrings) {
  for (const char* json :
       {R"("")", R"("plain")", R"("\"\\\/\b\f\n\r\t")", R"("\u0041\u00e4\u20AC")",
        R"("\ud83d\ude00x")", R"("a\u0000b")", R"("\\u0041")"}) {
    const auto text = JsonText::parse(json);
    ASSERT_TRUE(text) << json;
    EXPECT_EQ(text->string_of(text->root()), nlohmann::json::parse(json).get<std::string>());
  }
}

TEST(JsonText, VisitsInnerObjectsFirst) {
  const std::string json = R"([{"a":{"b":{}}},{}])";
  auto text = JsonText::parse(json);
  ASSERT_TRUE(text);
  std::vector<std::string> seen;
  text->for_each_object(
      [&](Span object, std::span<const Member>) { seen.emplace_back(text->raw(object)); });
  EXPECT_THAT(seen, testing::ElementsAre("{}", R"({"b":{}})", R"({"a":{"b":{}}})", "{}"));
}

std::string without(const std::string& json, const std::string& marks, std::string_view inserted) {
  auto text = JsonText::parse(json);
  const Members members = text->members(text->root());
  std::vector<bool> removed;
  for (const char mark : marks) removed.push_back(mark == 'x');
  Splicer splicer;
  splicer.edit_object(text->root(), members, removed, inserted);
  return splicer.apply(json);
}

TEST(Splicer, TakesMembersOutWithTheirCommas) {
  const std::string json = R"({ "a":1 , "b":2, "c":3 })";
  EXPECT_EQ(without(json, "...", ""), json);
  EXPECT_EQ(without(json, "x..", ""), R"({ "b":2, "c":3 })");
  EXPECT_EQ(without(json, ".x.", ""), R"({ "a":1 , "c":3 })");
  EXPECT_EQ(without(json, "..x", ""), R"({ "a":1 , "b":2 })");
  EXPECT_EQ(without(json, ".xx", ""), R"({ "a":1 })");
  EXPECT_EQ(without(json, "xx.", ""), R"({ "c":3 })");
  EXPECT_EQ(without(json, "x.x", ""), R"({ "b":2 })");
  EXPECT_EQ(without(json, "xxx", ""), "{  }");
}

TEST(Splicer, PutsAMemberInFront) {
  EXPECT_EQ(without(R"({"a":1})", ".", R"("n":0)"), R"({"n":0,"a":1})");
  EXPECT_EQ(without(R"({"a":1})", "x", R"("n":0)"), R"({"n":0})");
  EXPECT_EQ(without("{}", "", R"("n":0)"), R"({"n":0})");
}

TEST(Splicer, LosesEditsInsideARemovedRegion) {
  Splicer splicer;
  splicer.replace({4, 5}, "inner");
  splicer.replace({2, 8}, "X");
  splicer.replace({8, 9}, "Y");
  EXPECT_EQ(splicer.apply("0123456789"), "01XY9");
}

}  // namespace
}  // namespace kerros::graph
