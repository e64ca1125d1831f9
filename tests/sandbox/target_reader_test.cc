#include "tools/sandbox/target_reader.h"

#include <gtest/gtest.h>

namespace kerros::sandbox {
namespace {

TEST(TargetReader, TakesKeysInBothForms) {
  std::string key;
  TargetReader slashed("/drives/b!x/root");
  ASSERT_TRUE(slashed.take("drives", key));
  EXPECT_EQ(key, "b!x");
  TargetReader quoted("/drives('b!x')/root");
  ASSERT_TRUE(quoted.take("drives", key));
  EXPECT_EQ(key, "b!x");
  EXPECT_TRUE(quoted.take("root"));
  EXPECT_TRUE(quoted.done());
}

TEST(TargetReader, LeavesWhatItDidNotTake) {
  std::string key = "kept";
  TargetReader in("/root:/a");
  EXPECT_FALSE(in.take("items", key));
  EXPECT_FALSE(in.take_call("getByPath", "path", key));
  EXPECT_EQ(key, "kept");
  EXPECT_FALSE(in.next_is("items"));
  EXPECT_TRUE(in.next_is("root"));
  EXPECT_TRUE(in.take("root"));
  EXPECT_EQ(in.front(), ':');
}

TEST(TargetReader, ReadsEncodedQuotesAsQuotes) {
  TargetReader in("/children(%27it%27%27s%27)");
  EXPECT_EQ(key_form(in.segment(), "children"), "it's");
}

TEST(Argument, IsFoundByNameAndItsQuotesUndone) {
  EXPECT_EQ(argument("search(q='it''s')", "q"), "it's");
  EXPECT_EQ(argument("f(a='1',b='2')", "b"), "2");
  EXPECT_EQ(argument("f(a='1')", "b"), "");
  EXPECT_EQ(argument("delta(token='latest')", "token"), "latest");
}

}  // namespace
}  // namespace kerros::sandbox
