#include "tools/sandbox/conditions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tools/sandbox/refusal.h"

namespace kerros::sandbox {
namespace {

using testing::ElementsAre;

TEST(EntityTags, KeepTheCommasInsideThem) {
  EXPECT_THAT(parse_tags(R"("{A},1", W/"{B},2" ,"c")"),
              ElementsAre(R"("{A},1")", R"(W/"{B},2")", R"("c")"));
  EXPECT_THAT(parse_tags(" * "), ElementsAre("*"));
}

TEST(EntityTags, AreRefusedWhenMalformed) {
  EXPECT_THROW(parse_tags("{A},1"), Refusal);
  EXPECT_THROW(parse_tags(R"("open)"), Refusal);
}

TEST(EntityTags, MatchExactlyOrByStar) {
  const std::vector<std::string> own = {R"("{A},1")", R"("c:{A},1")"};
  EXPECT_TRUE(matches_any({R"("x")", R"("c:{A},1")"}, own, true));
  EXPECT_TRUE(matches_any({"*"}, own, true));
  EXPECT_FALSE(matches_any({"*"}, {}, false));
  EXPECT_FALSE(matches_any({R"(W/"{A},1")"}, own, true));
}

}  // namespace
}  // namespace kerros::sandbox
