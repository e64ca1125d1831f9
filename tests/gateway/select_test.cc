#include "gateway/graph/select.h"

#include <gtest/gtest.h>

namespace kerros::graph {
namespace {

WidenedSelect widen(std::string_view query, Answers answers = Answers::kItems) {
  const auto target = parse_target("/v1.0/me/drive/items/01A?" + std::string(query));
  EXPECT_TRUE(target.has_value()) << query;
  return target ? widen_select(*target, answers) : WidenedSelect{};
}

constexpr const char* kAll = ",id,cTag,parentReference,file,remoteItem";

TEST(Select, AsksForWhatNamesTheItemAndItsVersion) {
  const auto widened = widen("$select=size");
  EXPECT_EQ(widened.raw_query, std::string("$select=size") + kAll);
  EXPECT_EQ(widened.added.keys,
            (std::vector<std::string>{"id", "cTag", "parentReference", "file", "remoteItem"}));
}

TEST(Select, LeavesAloneWhatDoesNotDependOnContent) {
  for (const auto* query : {"$select=id,name", "$top=5", "$select=webUrl", "", "$select=id"}) {
    const auto widened = widen(query);
    EXPECT_EQ(widened.raw_query, query);
    EXPECT_TRUE(widened.added.empty());
  }
}

TEST(Select, AddsOnlyWhatIsMissing) {
  EXPECT_EQ(widen("$select=id,size,cTag,file,remoteItem").added.keys,
            std::vector<std::string>{"parentReference"});
  EXPECT_TRUE(widen("$select=id,size,cTag,parentReference,file,remoteItem").added.empty());
  EXPECT_TRUE(widen("$select=*").added.empty());
}

TEST(Select, KnowsEverySpellingOfItsName) {
  for (const auto* query : {"select=file", "%24select=file", "$Select=file", "%73elect=file"})
    EXPECT_EQ(widen(query).raw_query,
              std::string(query) + ",id,cTag,parentReference,size,remoteItem")
        << query;
}

TEST(Select, KnowsEveryFieldThatDependsOnContent) {
  for (const auto* field :
       {"size", "SIZE", "file", "file/hashes", "image", "photo", "video", "webDavUrl", "remoteItem",
        "content.downloadUrl", "%40microsoft.graph.downloadUrl", "name,%20size"})
    EXPECT_FALSE(widen("$select=" + std::string(field)).added.empty()) << field;
}

TEST(Select, KeepsEveryOtherOptionAsItWas) {
  EXPECT_EQ(widen("$top=2&$select=Size&x=%2B").raw_query,
            std::string("$top=2&$select=Size") + kAll + "&x=%2B");
}

TEST(Select, NarrowsTheLinkToTheNextPage) {
  const auto widened = widen("$select=size");
  EXPECT_EQ(narrow_link(std::string("https://h/c?$select=size") + kAll + "&$skiptoken=a%2B+%25'",
                        widened),
            "https://h/c?$select=size&$skiptoken=a%2B+%25'");
  EXPECT_EQ(
      narrow_link("https://h/c?%24select=size%2cid%2CcTag%2CparentReference%2Cfile%2CremoteItem",
                  widened),
      "https://h/c?%24select=size");
}

TEST(Select, LeavesALinkAloneWhereTheNamesOnlyLookAlike) {
  const auto widened = widen("$select=id,size,cTag,file,remoteItem");
  const std::string link = "https://h/c?$select=x,parentReferences&y=1";
  EXPECT_EQ(narrow_link(link, widened), link);
}

TEST(Expand, IsWidenedWithinItsParentheses) {
  const auto widened = widen("$expand=children($select=size;$top=2)");
  EXPECT_EQ(widened.raw_query, std::string("$expand=children($select=size") + kAll + ";$top=2)");
  ASSERT_EQ(widened.added.below.size(), 1U);
  EXPECT_EQ(widened.added.below[0].under, "children");
  EXPECT_EQ(narrow_link("https://h/c?" + widened.raw_query + "&$skiptoken=1", widened),
            "https://h/c?$expand=children($select=size;$top=2)&$skiptoken=1");
}

TEST(Expand, IsWidenedWhereItIsEncoded) {
  EXPECT_EQ(widen("%24expand=children(%24select%3Dsize)&x=1").raw_query,
            std::string("%24expand=children(%24select%3Dsize") + kAll + ")&x=1");
}

TEST(Expand, IsWidenedAtEveryLevel) {
  const auto widened = widen(
      "$select=name&$expand=thumbnails,children($select=name;$expand=children($select=size))");
  EXPECT_EQ(widened.raw_query,
            "$select=name,id,cTag,parentReference,size,file,remoteItem&$expand=thumbnails,"
            "children($select=name,id,cTag,parentReference,size,file,remoteItem;"
            "$expand=children($select=size,id,cTag,parentReference,file,remoteItem))");
  EXPECT_EQ(widened.added.below.at(0).below.at(0).under, "children");
}

std::string nested(std::size_t levels) {
  std::string query = "$expand=";
  for (std::size_t i = 1; i < levels; ++i) query += "children($expand=";
  return query + "children($select=size)" + std::string(levels - 1, ')');
}

TEST(Expand, IsNotFollowedForEver) {
  EXPECT_FALSE(widen(nested(kMostLevels)).added.empty());
  for (const std::size_t levels : {kMostLevels + 1, std::size_t{5000}}) {
    const auto widened = widen(nested(levels));
    EXPECT_EQ(widened.raw_query, nested(levels));
    EXPECT_TRUE(widened.added.empty());
    EXPECT_TRUE(widened.inserted.empty());
  }
}

TEST(Expand, IsWidenedInABoundedNumberOfPlaces) {
  const auto beside = [](std::size_t count) {
    std::string query = "$expand=children($select=size)";
    for (std::size_t i = 1; i < count; ++i) query += ",children($select=size)";
    return query;
  };
  const auto most = widen(beside(kMostInsertions));
  EXPECT_EQ(most.inserted, std::vector<std::string>{kAll}) << "each text once";
  EXPECT_EQ(most.raw_query.size(),
            beside(kMostInsertions).size() + kMostInsertions * std::string(kAll).size());
  EXPECT_EQ(widen(beside(kMostInsertions + 1)).raw_query, beside(kMostInsertions + 1));
}

TEST(Expand, IsLeftAloneWhereItNamesWhatItShows) {
  for (const auto* query :
       {"$expand=children", "$expand=thumbnails", "$expand=children($select=name)",
        "$expand=listItem($expand=fields)", "$expand=children("})
    EXPECT_EQ(widen(query).raw_query, query);
}

TEST(Expand, AsksForTheItemBesideTheColumnsOfAList) {
  const auto widened = widen("$expand=fields&$top=5", Answers::kListItems);
  EXPECT_EQ(widened.raw_query,
            "$expand=fields,driveItem($select=id,cTag,parentReference,size,file)&$top=5");
  EXPECT_EQ(widened.added.keys, std::vector<std::string>{"driveItem"});
  EXPECT_EQ(narrow_link("https://h/items?" + widened.raw_query, widened),
            "https://h/items?$expand=fields&$top=5");
  EXPECT_FALSE(
      widen("expand=fields(select=Title,FileSizeDisplay)", Answers::kListItems).added.empty());
}

TEST(Expand, AsksForNoItemBesideColumnsThatHoldNoSize) {
  for (const auto* query : {"$expand=fields($select=Title)", "$top=5", "$expand=fields,driveItem"})
    EXPECT_EQ(widen(query, Answers::kListItems).raw_query, query);
}

TEST(Expand, WidensTheItemBesideTheColumnsWhateverItIsAskedFor) {
  const auto widened = widen("$expand=fields,driveItem($select=name)", Answers::kListItems);
  EXPECT_EQ(widened.raw_query,
            "$expand=fields,driveItem($select=name,id,cTag,parentReference,size,file,remoteItem)");
  EXPECT_EQ(widened.added.below.at(0).under, "driveItem");
}

}  // namespace
}  // namespace kerros::graph
