#include "tools/sandbox/expand.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tools/sandbox/refusal.h"

namespace kerros::sandbox {
namespace {

TEST(Expand, NamesWhatIsToBeFoldedIn) {
  const auto list = parse_expand("children, thumbnails");
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[0].name, "children");
  EXPECT_EQ(list[1].name, "thumbnails");
  EXPECT_TRUE(list[1].options.raw().empty());
}

TEST(Expand, CarriesTheOptionsOfEachName) {
  const auto list = parse_expand("children($select=id,size;$top=2),listItem($expand=fields)");
  ASSERT_EQ(list.size(), 2U);
  EXPECT_THAT(list[0].options.list("select"), testing::ElementsAre("id", "size"));
  EXPECT_EQ(list[0].options.find("top"), "2");
  EXPECT_EQ(list[1].options.find("expand"), "fields");
}

TEST(Expand, NestsAsDeepAsItIsWritten) {
  const auto list = parse_expand("listItem($expand=fields($select=FileLeafRef),driveItem)");
  ASSERT_EQ(list.size(), 1U);
  const auto inner = expansions_of(list[0].options);
  ASSERT_EQ(inner.size(), 2U);
  EXPECT_THAT(inner[0].options.list("select"), testing::ElementsAre("FileLeafRef"));
  EXPECT_EQ(inner[1].name, "driveItem");
}

TEST(Expand, UnderstandsOptionsWithoutDollarSigns) {
  const auto list = parse_expand("children(select=id)");
  EXPECT_THAT(list.at(0).options.list("select"), testing::ElementsAre("id"));
}

TEST(Expand, RefusesParenthesesThatDoNotMatch) {
  for (const char* text : {"children(", "children)", "children($select=id", "children(x)y"}) {
    EXPECT_THROW(parse_expand(text), Refusal) << text;
  }
}

}  // namespace
}  // namespace kerros::sandbox
