#include "tools/sandbox/graph_target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tools/sandbox/refusal.h"

namespace kerros::sandbox {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(GraphTarget, NamesAnItemByPathAndWhatIsAskedOfIt) {
  const auto t = parse_graph_target("/v1.0/drives/b!x/root:/A%20B/c.txt:/content?x=1");
  EXPECT_EQ(t.subject, Subject::kItem);
  EXPECT_EQ(t.drive, "b!x");
  EXPECT_EQ(t.item, "root");
  EXPECT_THAT(t.steps, ElementsAre("A B", "c.txt"));
  EXPECT_THAT(t.relation, ElementsAre("content"));
  EXPECT_EQ(t.query.find("x"), "1");
}

TEST(GraphTarget, ReadsEncodedColonsAndSlashesAsSyntax) {
  for (const char* target :
       {"/v1.0/me/drive/root%3A%2Fa%2Fb%3A/content", "/v1.0/me/drive/items/root:%2fa%2fb:/content",
        "/v1.0/me/drive/items/root%3A%2Fa%2Fb%3A/content", "/v1.0/me/drive/root:/a/b%3a/content",
        "/v1.0/me/drive/root:/.%2Fa%2Fb:/content"}) {
    const auto t = parse_graph_target(target);
    EXPECT_EQ(t.item, "root") << target;
    EXPECT_THAT(t.steps, ElementsAre("a", "b")) << target;
    EXPECT_THAT(t.relation, ElementsAre("content")) << target;
  }
}

TEST(GraphTarget, TakesATrailingColonWithAndWithoutASlash) {
  for (const char* target : {"/v1.0/me/drive/root:/a", "/v1.0/me/drive/root:/a:",
                             "/v1.0/me/drive/root:/a:/", "/v1.0/me/drive/root:/a:?select=id"}) {
    const auto t = parse_graph_target(target);
    EXPECT_THAT(t.steps, ElementsAre("a")) << target;
    EXPECT_THAT(t.relation, IsEmpty()) << target;
  }
}

TEST(GraphTarget, DecodesNamesExactlyOnce) {
  const auto t = parse_graph_target("/v1.0/me/drive/root:/%2521%23%2B+:");
  EXPECT_THAT(t.steps, ElementsAre("%21#++"));
}

TEST(GraphTarget, WalksFromAnyFolder) {
  const auto t = parse_graph_target("/v1.0/me/drive/items/01ABC:/x/y:/createUploadSession");
  EXPECT_EQ(t.item, "01ABC");
  EXPECT_THAT(t.steps, ElementsAre("x", "y"));
}

TEST(GraphTarget, UnderstandsKeysInParentheses) {
  const auto t = parse_graph_target("/v1.0/drives('b!x')/items('01A')/children('a''b')/content");
  EXPECT_EQ(t.drive, "b!x");
  EXPECT_EQ(t.item, "01A");
  EXPECT_THAT(t.steps, ElementsAre("a'b"));
  EXPECT_THAT(t.relation, ElementsAre("content"));
}

TEST(GraphTarget, TellsUsersSitesAndDrivesApart) {
  EXPECT_EQ(parse_graph_target("/v1.0/me").subject, Subject::kUser);
  EXPECT_EQ(parse_graph_target("/v1.0/users/a@b.c/drive").user, "a@b.c");
  EXPECT_EQ(parse_graph_target("/v1.0/sites/h,1,2/drive/root").site, "h,1,2");
  EXPECT_THAT(parse_graph_target("/v1.0/sites/root/drives").relation, ElementsAre("drives"));
  EXPECT_THAT(parse_graph_target("/v1.0/me/drives").relation, ElementsAre("drives"));
  EXPECT_EQ(parse_graph_target("/v1.0/me/drives/b!x").drive, "b!x");
}

TEST(GraphTarget, RefusesStepsThatGoUpOrNowhere) {
  for (const char* target :
       {"/v1.0/me/drive/root:/a/../b:/content", "/v1.0/me/drive/root:/a//b:/content",
        "/v1.0/me/drive/root:/%2e%2e/b:/content", "/v1.0/me/drive/root:a:/content",
        "/v1.0/me/drive/root:/a:content", "/v1.0/me/drive/root:/a%zz:/content",
        "/v1.0/me/drive/root:/a%00:/content", "/v1.0/me/drive/root:/a:/b:/content"}) {
    EXPECT_THROW(parse_graph_target(target), Refusal) << target;
  }
}

TEST(GraphTarget, RefusesVersionsThatDoNotExist) {
  EXPECT_THROW(parse_graph_target("/v2.0/me"), Refusal);
}

}  // namespace
}  // namespace kerros::sandbox
