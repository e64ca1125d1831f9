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

TEST(GraphTarget, NamesSitesByHostAndPath) {
  for (const char* target :
       {"/v1.0/sites/contoso-my.sharepoint.com:/personal/aino:/drive/root",
        "/v1.0/sites/contoso-my.sharepoint.com%3A%2Fpersonal%2Faino%3A/drive/root",
        "/v1.0/sites/contoso-my.sharepoint.com/getByPath(path='/personal/aino')/drive/root"}) {
    const auto t = parse_graph_target(target);
    EXPECT_EQ(t.subject, Subject::kItem) << target;
    EXPECT_EQ(t.site, "contoso-my.sharepoint.com") << target;
    EXPECT_EQ(t.site_path, "/personal/aino") << target;
    EXPECT_TRUE(t.site_by_path) << target;
  }
  EXPECT_EQ(parse_graph_target("/v1.0/sites/a/sites/b/drive").site, "b");
}

TEST(GraphTarget, NamesListsAndTheirItems) {
  const auto item =
      parse_graph_target("/v1.0/sites/root/lists/Documents/items/7/driveItem/content");
  EXPECT_EQ(item.subject, Subject::kItem);
  EXPECT_EQ(item.list, "Documents");
  EXPECT_EQ(item.list_item, "7");
  EXPECT_THAT(item.relation, ElementsAre("content"));
  EXPECT_EQ(parse_graph_target("/v1.0/drives/b!x/list/items/7").subject, Subject::kListItem);
  EXPECT_THAT(parse_graph_target("/v1.0/drives/b!x/list/items").relation, ElementsAre("items"));
  const auto delta = parse_graph_target("/v1.0/sites/root/lists/L/items/delta(token='5')");
  EXPECT_EQ(delta.subject, Subject::kList);
  EXPECT_THAT(delta.relation, ElementsAre("items", "delta(token='5')"));
  EXPECT_EQ(parse_graph_target("/v1.0/sites/root/lists/L/drive/root").subject, Subject::kItem);
}

TEST(GraphTarget, NamesSharesAndWhatLiesBelowThem) {
  EXPECT_EQ(parse_graph_target("/v1.0/shares/u!abc").subject, Subject::kShare);
  const auto whole = parse_graph_target("/v1.0/shares/u!abc/driveItem/content");
  EXPECT_EQ(whole.share, "u!abc");
  EXPECT_THAT(whole.relation, ElementsAre("content"));
  const auto below = parse_graph_target("/v1.0/shares/u!abc/root:/x/y.txt:/content");
  EXPECT_THAT(below.steps, ElementsAre("x", "y.txt"));
  EXPECT_EQ(parse_graph_target("/v1.0/shares/u!abc/items/01A").item, "01A");
}

TEST(GraphTarget, NamesSpecialFoldersAndGroupsAndChannels) {
  const auto special = parse_graph_target("/v1.0/me/drive/special/approot:/x.txt:/content");
  EXPECT_EQ(special.special, "approot");
  EXPECT_THAT(special.steps, ElementsAre("x.txt"));
  EXPECT_EQ(parse_graph_target("/v1.0/groups/g/drive/root").group, "g");
  const auto channel =
      parse_graph_target("/v1.0/teams/g/channels/19%3Ageneral%40thread.tacv2/filesFolder/children");
  EXPECT_EQ(channel.channel, "19:general@thread.tacv2");
  EXPECT_THAT(channel.relation, ElementsAre("children"));
  EXPECT_EQ(parse_graph_target("/v1.0/drive/root").subject, Subject::kItem);
}

TEST(GraphTarget, FindsANameInTheQueryWhereAnAliasPointsThere) {
  const auto t = parse_graph_target(
      "/v1.0/drives/b!x/items/01A/children('@a1')/content?@a1='it%27%27s%20%23'");
  EXPECT_THAT(t.steps, ElementsAre("it's #"));
  EXPECT_THAT(t.relation, ElementsAre("content"));
  EXPECT_THROW(parse_graph_target("/v1.0/drives/b!x/items/01A/children('@a1')/content"), Refusal);
}

TEST(GraphTarget, KeepsSyntaxInsideQuotedArgumentsTogether) {
  const auto t = parse_graph_target("/v1.0/me/drive/root/search(q='a/b:c''d')");
  EXPECT_THAT(t.relation, ElementsAre("search(q='a/b:c''d')"));
}

TEST(GraphTarget, ReadsTheSameTreeBelowASite) {
  const auto t = parse_tenant_target("contoso-my.sharepoint.com",
                                     "/personal/aino/_api/v2.1/drive/root:/a.txt:/content");
  EXPECT_EQ(t.version, "v2.1");
  EXPECT_EQ(t.prefix, "/personal/aino/_api/v2.1");
  EXPECT_EQ(t.site_path, "/personal/aino");
  EXPECT_THAT(t.steps, ElementsAre("a.txt"));
  for (const char* path : {"/_api/v2.5/drive", "/_api/web", "/_api/v2.01/drive", "/x"}) {
    EXPECT_EQ(find_api(path), std::string::npos) << path;
  }
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
