#include "gateway/graph/select.h"

#include <gtest/gtest.h>

#include "gateway/graph/rewrite_item.h"

namespace kerros::graph {
namespace {

WidenedSelect widen(std::string_view query) {
  const auto target = parse_target("/v1.0/me/drive/items/01A?" + std::string(query));
  EXPECT_TRUE(target.has_value());
  return widen_select(*target);
}

TEST(Select, AsksForWhatNamesTheItemAndItsVersion) {
  const auto widened = widen("$select=size");
  EXPECT_EQ(widened.raw_query, "$select=size,id,cTag,parentReference");
  EXPECT_EQ(widened.added, (std::vector<std::string>{"id", "cTag", "parentReference"}));
}

TEST(Select, LeavesAloneWhatDoesNotDependOnContent) {
  for (const auto* query : {"$select=id,name", "$top=5", "$select=webUrl", ""}) {
    const auto widened = widen(query);
    EXPECT_EQ(widened.raw_query, query);
    EXPECT_TRUE(widened.added.empty());
  }
}

TEST(Select, AddsOnlyWhatIsMissing) {
  EXPECT_EQ(widen("$select=id,size,cTag").added, std::vector<std::string>{"parentReference"});
  EXPECT_TRUE(widen("$select=id,size,cTag,parentReference").added.empty());
  EXPECT_TRUE(widen("$select=*").added.empty());
}

TEST(Select, KnowsEverySpellingOfItsName) {
  for (const auto* query : {"select=file", "%24select=file", "$Select=file", "%73elect=file"})
    EXPECT_EQ(widen(query).raw_query, std::string(query) + ",id,cTag,parentReference,size")
        << query;
}

TEST(Select, KeepsEveryOtherOptionAsItWas) {
  EXPECT_EQ(widen("$top=2&$select=Size&x=%2B").raw_query,
            "$top=2&$select=Size,id,cTag,parentReference&x=%2B");
}

TEST(Select, WidensForTheDownloadUrlInBothSpellings) {
  EXPECT_FALSE(widen("$select=content.downloadUrl").added.empty());
  EXPECT_FALSE(widen("$select=%40microsoft.graph.downloadUrl").added.empty());
}

TEST(Select, NarrowsTheLinkToTheNextPage) {
  const auto widened = widen("$select=size");
  EXPECT_EQ(narrow_link("https://h/c?$select=size,id,cTag,parentReference&$skiptoken=a", widened),
            "https://h/c?$select=size&$skiptoken=a");
  EXPECT_EQ(narrow_link("https://h/c?$select=size%2Cid%2CcTag%2CparentReference", widened),
            "https://h/c?$select=size");
}

TEST(Select, LeavesALinkAloneWhereTheNamesOnlyLookAlike) {
  const auto widened = widen("$select=id,size,cTag");
  const std::string link = "https://h/c?$select=x,parentReferences&y=1";
  EXPECT_EQ(narrow_link(link, widened), link);
}

TEST(Select, TakesWhatWasAddedOutOfTheAnswerAgain) {
  Rewrite edits;
  edits.items.resize(1);
  edits.remove = {"id", "cTag", "parentReference"};
  const auto json =
      rewrite(R"({"id":"1","size":5,"cTag":"c","parentReference":{"driveId":"d"}})", edits);
  ASSERT_TRUE(json.has_value());
  EXPECT_EQ(*json, R"({"size":5})");
}

TEST(Select, TakesNothingOutOfItemsInsideItems) {
  Rewrite edits;
  edits.items.resize(2);
  edits.remove = {"id"};
  const auto json = rewrite(R"({"id":"1","size":5,"remoteItem":{"id":"2","size":6}})", edits);
  ASSERT_TRUE(json.has_value());
  EXPECT_EQ(*json, R"({"size":5,"remoteItem":{"id":"2","size":6}})");
}

}  // namespace
}  // namespace kerros::graph
