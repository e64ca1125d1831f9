#include "gateway/graph/rewrite_item.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

namespace kerros::graph {
namespace {

using Json = nlohmann::json;

constexpr const char* kItem =
    R"({"@odata.context":"https://graph.test/v1.0/$metadata#x","@microsoft.graph.downloadUrl":"https:\/\/t.test\/d?tempauth=1",)"
    R"( "id":"01A", "name" : "a.docx","cTag":"\"c:{G},1\"","eTag":"\"{G},1\"","size":17000,)"
    R"("parentReference":{"driveId":"b!x","path":"/drives/b!x/root:/Salassa/%C3%84"},"zzz":1.50e+02,)"
    R"("file":{"mimeType":"m","hashes":{"quickXorHash":"AAA=","sha1Hash":"S"}},"image":{"width":1}})";

std::string rewritten(const std::string& json, const Rewrite& edits) {
  auto answer = Answer::parse(json);
  EXPECT_TRUE(answer) << json;
  return answer ? answer->rewrite(edits) : "";
}

std::string edited(const std::string& json, std::vector<ItemEdit> items) {
  Rewrite edits;
  edits.items = std::move(items);
  return rewritten(json, edits);
}

std::string swapped(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(FindItems, ReadsOneItem) {
  const auto items = find_items(kItem);
  ASSERT_TRUE(items);
  ASSERT_EQ(items->size(), 1U);
  const FoundItem& item = items->front();
  EXPECT_EQ(item.drive_id, "b!x");
  EXPECT_EQ(item.item_id, "01A");
  EXPECT_EQ(item.ctag, "\"c:{G},1\"");
  EXPECT_EQ(item.etag, "\"{G},1\"");
  EXPECT_EQ(item.size, 17000U);
  EXPECT_EQ(item.quick_xor_hash, "AAA=");
  EXPECT_EQ(item.download_url, "https://t.test/d?tempauth=1");
  EXPECT_EQ(item.place(), "/Salassa/\xc3\x84/a.docx");
  EXPECT_TRUE(item.is_answer);
  EXPECT_FALSE(item.is_folder);
}

TEST(FindItems, FindsThemWhereverTheyHide) {
  const auto items = find_items(
      R"({"value":[{"id":"1","folder":{}},{"id":"2","remoteItem":{"id":"3","size":5},"size":0},)"
      R"({"id":"4","children":[{"id":"5","file":{}}],"folder":{}},{"resource":{"id":"6","size":1}},)"
      R"({"driveItem":{"id":"7","size":"99"}},{"id":"8","deleted":{"state":"deleted"}}]})");
  ASSERT_TRUE(items);
  std::string ids;
  for (const FoundItem& item : *items) ids += item.item_id;
  EXPECT_EQ(ids, "12345678");
  EXPECT_EQ((*items)[6].size, 99U);
  EXPECT_TRUE((*items)[7].deleted);
  EXPECT_FALSE((*items)[0].is_answer);
}

TEST(FindItems, FindsItemsThatSayLittle) {
  EXPECT_EQ(find_items(R"({"@odata.context":"c","size":5})")->size(), 1U);
  EXPECT_EQ(find_items(R"({"@content.downloadUrl":"https://t/"})")->size(), 1U);
  EXPECT_EQ(find_items(R"({"\u0073ize":5})")->size(), 1U);
  EXPECT_EQ(find_items("\xef\xbb\xbf{\"size\":5}")->size(), 1U);
}

TEST(FindItems, RefusesMoreThanAnAnswerMayHold) {
  std::string json = R"([{"size":1})";
  for (std::size_t i = 1; i < Answer::kMostItems; ++i) json += R"(,{"size":1})";
  EXPECT_EQ(find_items(json + "]")->size(), Answer::kMostItems);
  const auto refused = find_items(json + R"(,{"size":1}])");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kFull);
}

TEST(FindItems, LeavesOthersAlone) {
  for (const char* json :
       {"{}", "[]", "7", R"({"id":"1","name":"n"})", R"({"quota":{"deleted":5,"used":7}})",
        R"({"size":null})", R"({"size":"big"})", R"({"value":[]})", R"({"file":null})"})
    EXPECT_TRUE(find_items(json)->empty()) << json;
}

TEST(FindItems, PlacesTheRootAndRefusesToGuess) {
  EXPECT_EQ(find_items(R"({"root":{},"folder":{},"name":"root"})")->front().place(), "/");
  EXPECT_EQ(find_items(R"({"size":1,"name":"a","parentReference":{"path":"/drive/root:"}})")
                ->front()
                .place(),
            "/a");
  EXPECT_EQ(find_items(R"({"size":1,"name":"a"})")->front().place(), "");
  EXPECT_EQ(find_items(R"({"size":1,"name":"a","parentReference":{"path":"/drive/root:/50% of"}})")
                ->front()
                .parent_path,
            "/drive/root:/50% of");
}

TEST(FindItems, TellDraftsFromWhatIsPublished) {
  const auto draft = [](const std::string& publication) {
    return find_items(R"({"size":1,"publication":)" + publication + "}").value().front().draft;
  };
  EXPECT_EQ(draft(R"({"level":"checkout","versionId":"3.0"})"), true);
  EXPECT_EQ(draft(R"({"level":"published","versionId":"2.1"})"), true);
  EXPECT_EQ(draft(R"({"level":"published","versionId":"2.0"})"), false);
  EXPECT_EQ(draft("{}"), false);
  EXPECT_EQ(draft("null"), std::nullopt);
  EXPECT_EQ(find_items(R"({"size":1})").value().front().draft, std::nullopt);
}

// The item without its download URL, which never stays as it is.
std::string quiet_item() {
  return swapped(kItem, R"("@microsoft.graph.downloadUrl":"https:\/\/t.test\/d?tempauth=1",)", "");
}

TEST(RewriteItem, WithoutEditsIsIdentity) {
  EXPECT_EQ(rewritten(quiet_item(), Rewrite{}), quiet_item());
}

TEST(RewriteItem, ReplacesTheSizeAlone) {
  ItemEdit edit;
  edit.size = 16000;
  EXPECT_EQ(edited(quiet_item(), {edit}), swapped(quiet_item(), "17000", "16000"));
  EXPECT_EQ(edited(R"({"id":"1", "size" : "17000"})", {edit}), R"({"id":"1", "size" : "16000"})");
}

TEST(RewriteItem, AddsNoSizeThatWasNotAskedFor) {
  ItemEdit edit;
  edit.size = 1;
  EXPECT_EQ(edited(R"({"file":{}})", {edit}), R"({"file":{}})");
}

TEST(RewriteItem, ReplacesTheHashAndTakesOtherHashesAway) {
  ItemEdit edit;
  edit.quick_xor_hash = "BBB=";
  EXPECT_EQ(edited(quiet_item(), {edit}),
            swapped(swapped(quiet_item(), "AAA=", "BBB="), R"(,"sha1Hash":"S")", ""));
}

TEST(RewriteItem, AddsAHashWhereThereIsNone) {
  ItemEdit edit;
  edit.quick_xor_hash = "B";
  EXPECT_EQ(edited(R"({"file":{}})", {edit}), R"({"file":{"hashes":{"quickXorHash":"B"}}})");
  EXPECT_EQ(edited(R"({"file":{"mimeType":"m"}})", {edit}),
            R"({"file":{"hashes":{"quickXorHash":"B"},"mimeType":"m"}})");
  EXPECT_EQ(edited(R"({"file":{"hashes":{}}})", {edit}),
            R"({"file":{"hashes":{"quickXorHash":"B"}}})");
  EXPECT_EQ(edited(R"({"file":{"hashes":null}})", {edit}),
            R"({"file":{"hashes":{"quickXorHash":"B"}}})");
  EXPECT_EQ(edited(R"({"file":{"hashes":{"sha1Hash":"S"}}})", {edit}),
            R"({"file":{"hashes":{"quickXorHash":"B"}}})");
  EXPECT_EQ(edited(R"({"folder":{}})", {edit}), R"({"folder":{}})");
}

TEST(RewriteItem, RemovesTheHashes) {
  ItemEdit edit;
  edit.quick_xor_hash = "";
  EXPECT_EQ(edited(R"({"file":{"mimeType":"m","hashes":{"quickXorHash":"A"}}})", {edit}),
            R"({"file":{"mimeType":"m"}})");
  EXPECT_EQ(edited(R"({"file":{"hashes":{}}})", {edit}), R"({"file":{}})");
}

TEST(RewriteItem, ReplacesOrRemovesDownloadUrls) {
  ItemEdit edit;
  edit.download_url = "https://g/\"x";
  EXPECT_EQ(
      edited(R"({"@content.downloadUrl":"u","a":1,"@microsoft.graph.downloadUrl":"v"})", {edit}),
      R"({"@content.downloadUrl":"https://g/\"x","a":1,"@microsoft.graph.downloadUrl":"https://g/\"x"})");
  edit.download_url = "";
  EXPECT_EQ(
      edited(R"({"@content.downloadUrl":"u","a":1,"@microsoft.graph.downloadUrl":"v"})", {edit}),
      R"({"a":1})");
  EXPECT_EQ(edited(R"({"@content.\u0064ownloadUrl":"u"})", {edit}), "{}");
}

TEST(RewriteItem, LeavesNoDownloadUrlThatNobodyReplaced) {
  for (
      const char* json :
      {R"({"id":"I","@microsoft.graph.downloadUrl":"https://e.test/","@content.downloadUrl":""})",
       R"({"id":"I","@microsoft.graph.downloadUrl":"https://e.test/","@content.downloadUrl":null})",
       R"({"id":"I","@content.downloadUrl":"https://e.test/","@content.downloadUrl":1})",
       R"({"id":"I","size":1,"FileSizeDisplay":"1","@content.downloadUrl":"https://e.test/"})",
       R"({"fields":{"id":"I","@content.downloadUrl":"https://e.test/"}})",
       R"({"fields":{"FileSizeDisplay":"1","@content.downloadUrl":"https://e.test/"}})"}) {
    EXPECT_EQ(rewritten(json, Rewrite{}).find("e.test"), std::string::npos) << json;
    const std::string out = edited(json, std::vector<ItemEdit>(find_items(json)->size()));
    EXPECT_EQ(out.find("e.test"), std::string::npos) << json;
  }
}

TEST(RewriteItem, OfAnItemThatRepeatsItsSizeAsColumnsDo) {
  const std::string json = R"({"id":"I","size":17000,"FileSizeDisplay":"17000","image":{},)"
                           R"("file":{"hashes":{"quickXorHash":"A"}}})";
  ItemEdit edit;
  edit.size = 16000;
  edit.quick_xor_hash = "B";
  edit.strip_media = true;
  EXPECT_EQ(edited(json, {edit}), R"({"id":"I","size":16000,"FileSizeDisplay":"16000",)"
                                  R"("file":{"hashes":{"quickXorHash":"B"}}})");
  edit.size.reset();
  EXPECT_EQ(edited(R"({"id":"I","FileSizeDisplay":"17000","file":{}})", {edit}),
            R"({"id":"I","file":{"hashes":{"quickXorHash":"B"}}})");
}

TEST(RewriteItem, StripsWhatTheCloudReadFromTheContent) {
  ItemEdit edit;
  edit.strip_media = true;
  EXPECT_EQ(
      edited(
          R"({"photo":{"size":1},"thumbnails@odata.context":"c","thumbnails":[{"id":"0"}],"size":5,"video":{}})",
          {{}, edit}),
      R"({"photo":{"size":1},"thumbnails@odata.context":"c","thumbnails":[{"id":"0"}],"size":5,"video":{}})");
  EXPECT_EQ(
      edited(
          R"({"photo":{"size":1},"thumbnails@odata.context":"c","thumbnails":[{"id":"0"}],"size":5,"video":{}})",
          {edit}),
      R"({"size":5})");
}

TEST(RewriteItem, EditsEveryOccurrenceOfAKey) {
  ItemEdit edit;
  edit.size = 7;
  edit.download_url = "g";
  EXPECT_EQ(edited(R"({"size":1,"size":2,"@content.downloadUrl":"a","@content.downloadUrl":"b"})",
                   {edit}),
            R"({"size":7,"size":7,"@content.downloadUrl":"g","@content.downloadUrl":"g"})");
}

TEST(RewriteItem, CountsItemsAsFindItemsDoes) {
  const std::string json =
      R"({"value":[{"id":"1","size":1,"remoteItem":{"id":"2","size":2}},{"id":"3","size":3}]})";
  std::vector<ItemEdit> edits(3);
  for (std::size_t i = 0; i < 3; ++i) edits[i].size = 100 * (i + 1);
  EXPECT_EQ(
      edited(json, edits),
      R"({"value":[{"id":"1","size":100,"remoteItem":{"id":"2","size":200}},{"id":"3","size":300}]})");
}

TEST(RewriteItem, PointsLinksElsewhere) {
  const std::string json =
      R"({"@odata.context":"https://graph.test/c","@odata.nextLink":"https:\/\/graph.test\/n?$skiptoken=%25+'",)"
      R"("children@odata.nextLink":"https://graph.test/k","@nextLink":"https://graph.test/s",)"
      R"("webUrl":"https://graph.test/w","@odata.id":"relative","@odata.count":3})";
  Rewrite edits;
  edits.link = [](std::string_view url) {
    return "https://gw.test" + std::string(url.substr(url.find('/', 8)));
  };
  EXPECT_EQ(
      rewritten(json, edits),
      R"({"@odata.context":"https://gw.test/c","@odata.nextLink":"https://gw.test/n?$skiptoken=%25+'",)"
      R"("children@odata.nextLink":"https://gw.test/k","@nextLink":"https://gw.test/s",)"
      R"("webUrl":"https://graph.test/w","@odata.id":"relative","@odata.count":3})");
}

TEST(RewriteItem, PointsTheOtherLinksOfAnItemElsewhere) {
  Rewrite edits;
  edits.link = [](std::string_view) { return std::string("g"); };
  EXPECT_EQ(
      rewritten(
          R"({"content@odata.mediaReadLink":"https://h/a","parent@odata.navigationLink":"https://h/b",)"
          R"("thumbnails@odata.context":"https://h/c","searchResult":{"onClickTelemetryUrl":"https://h/d"}})",
          edits),
      R"({"content@odata.mediaReadLink":"g","parent@odata.navigationLink":"g",)"
      R"("thumbnails@odata.context":"g","searchResult":{"onClickTelemetryUrl":"g"}})");
}

TEST(RewriteItem, TellsTheMediaTypeWhereTheCloudDoesNot) {
  ItemEdit edit;
  edit.media_type = "text/plain";
  EXPECT_EQ(edited(R"({"file":{"mimeType":"application/octet-stream","processingMetadata":true}})",
                   {edit}),
            R"({"file":{"mimeType":"text/plain","processingMetadata":true}})");
  EXPECT_EQ(edited(R"({"file":{"mimeType":"image/png"}})", {edit}),
            R"({"file":{"mimeType":"image/png"}})");
  EXPECT_EQ(edited(R"({"file":{}})", {edit}), R"({"file":{}})");
}

TEST(RewriteItem, TakesAwayTheAddressForWebDav) {
  ItemEdit edit;
  edit.strip_media = true;
  EXPECT_EQ(edited(R"({"webUrl":"w","webDavUrl":"d","file":{}})", {edit}),
            R"({"webUrl":"w","file":{}})");
}

TEST(RewriteItem, DropsASizeThatNobodyCanTell) {
  ItemEdit edit;
  edit.drop_size = true;
  EXPECT_EQ(edited(R"({"size":17000,"name":"a"})", {edit}), R"({"name":"a"})");
}

TEST(FindItems, SaysUnderWhichKeyAnItemLies) {
  const auto items = find_items(
      R"({"id":"1","folder":{},"children":[{"id":"2","size":1},{"id":"3","size":2,"remoteItem":)"
      R"({"id":"4","size":2}}],"versions":[{"id":"1.0","size":9}]})");
  ASSERT_TRUE(items);
  ASSERT_EQ(items->size(), 5U);
  EXPECT_EQ((*items)[0].parent, FoundItem::kNone);
  EXPECT_EQ((*items)[1].via, "children");
  EXPECT_EQ((*items)[3].parent, 2U);
  EXPECT_EQ((*items)[3].via, "remoteItem");
  EXPECT_EQ((*items)[4].parent, 0U);
  EXPECT_EQ((*items)[4].via, "versions");
}

// Columns of list items follow the item they tell about.
TEST(ListFields, TellTheSizeOfTheItemBesideThem) {
  ItemEdit edit;
  edit.size = 16000;
  EXPECT_EQ(
      edited(R"({"value":[{"id":"5","fields":{"FileSizeDisplay":"17000","File_x0020_Size":17000,)"
             R"("Title":"17000"},"driveItem":{"id":"01A","size":17000}}]})",
             {edit}),
      R"({"value":[{"id":"5","fields":{"FileSizeDisplay":"16000","File_x0020_Size":16000,)"
      R"("Title":"17000"},"driveItem":{"id":"01A","size":16000}}]})");
}

TEST(ListFields, TellTheSizeOfTheItemTheyAreNestedIn) {
  ItemEdit edit;
  edit.size = 16000;
  EXPECT_EQ(
      edited(
          R"({"id":"01A","size":17000,"listItem":{"id":"5","fields":{"FileSizeDisplay":"17000"}}})",
          {edit}),
      R"({"id":"01A","size":16000,"listItem":{"id":"5","fields":{"FileSizeDisplay":"16000"}}})");
  EXPECT_EQ(
      edited(R"({"value":[{"id":"1","size":1},{"resource":{"id":"01A","size":17000,"listItem":)"
             R"({"fields":{"size":17000}}}}]})",
             {{}, edit}),
      R"({"value":[{"id":"1","size":1},{"resource":{"id":"01A","size":16000,"listItem":)"
      R"({"fields":{"size":16000}}}}]})");
}

TEST(ListFields, LoseASizeThatBelongsToNoItem) {
  EXPECT_EQ(rewritten(R"({"value":[{"id":"5","fields":{"FileSizeDisplay":"17000","Title":"t"}}]})",
                      Rewrite{}),
            R"({"value":[{"id":"5","fields":{"Title":"t"}}]})");
  EXPECT_EQ(rewritten(R"({"resource":{"fields":{"size":17000,"title":"t"}}})", Rewrite{}),
            R"({"resource":{"fields":{"title":"t"}}})");
  EXPECT_EQ(rewritten(R"({"FileSizeDisplay":"17000","id":"5"})", Rewrite{}), R"({"id":"5"})");
}

TEST(ListFields, KeepTheSizeOfAnItemThatIsLeftAlone) {
  const std::string json =
      R"({"fields":{"FileSizeDisplay":"17000"},"driveItem":{"id":"01A","size":17000}})";
  EXPECT_EQ(edited(json, {ItemEdit{}}), json);
  EXPECT_EQ(rewritten(json, Rewrite{}), json);
}

TEST(ListFields, LoseASizeInAFormThatCannotBeSaidAnew) {
  ItemEdit edit;
  edit.size = 16000;
  EXPECT_EQ(
      edited(
          R"({"fields":{"SMTotalSize":"5;#17000","size":17000},"driveItem":{"id":"01A","size":1}})",
          {edit}),
      R"({"fields":{"size":16000},"driveItem":{"id":"01A","size":16000}})");
}

TEST(ListFields, AreToldByTheCallerWhenTheyAreTheWholeAnswer) {
  Rewrite edits;
  edits.columns.emplace();
  EXPECT_EQ(rewritten(R"({"FileSizeDisplay":"17000"})", edits), R"({"FileSizeDisplay":"17000"})");
  edits.columns->size = 16000;
  EXPECT_EQ(rewritten(R"({"FileSizeDisplay":"17000"})", edits), R"({"FileSizeDisplay":"16000"})");
}

TEST(SearchHits, LoseTheTextOfASealedFile) {
  ItemEdit sealed;
  sealed.strip_media = true;
  const std::string json =
      R"({"hits":[{"hitId":"1","summary":"text","resource":{"id":"1","size":5}}]})";
  EXPECT_EQ(edited(json, {sealed}), R"({"hits":[{"hitId":"1","resource":{"id":"1","size":5}}]})");
  EXPECT_EQ(edited(json, {ItemEdit{}}), json);
}

TEST(Unwanted, GoesFromWhereItWasAskedFor) {
  Rewrite edits;
  edits.remove.keys = {"id"};
  edits.remove.below.push_back({"children", {"id", "cTag"}, {}});
  EXPECT_EQ(
      rewritten(
          R"({"value":[{"id":"1","size":5,"x":{"id":"y"},"children":[{"cTag":"c","id":"2","size":6}]}]})",
          edits),
      R"({"value":[{"size":5,"x":{"id":"y"},"children":[{"size":6}]}]})");
  EXPECT_EQ(rewritten(R"({"id":"1","children":[],"value":7})", edits),
            R"({"children":[],"value":7})");
}

TEST(Unwanted, GoesFromWhatIsNoItem) {
  Rewrite edits;
  edits.remove.keys = {"driveItem"};
  edits.items.resize(1);
  edits.items[0].size = 16000;
  EXPECT_EQ(
      rewritten(
          R"({"value":[{"id":"5","fields":{"FileSizeDisplay":"17000"},"driveItem":{"id":"1","size":17000}}]})",
          edits),
      R"({"value":[{"id":"5","fields":{"FileSizeDisplay":"16000"}}]})");
}

TEST(RewriteItem, KeepsAByteOrderMark) {
  ItemEdit edit;
  edit.size = 1;
  EXPECT_EQ(edited("\xef\xbb\xbf{\"size\":5}", {edit}), "\xef\xbb\xbf{\"size\":1}");
}

// Random JSON in which driveItem keys turn up in odd places, with odd blanks.
class RandomJson {
 public:
  explicit RandomJson(unsigned seed) : random_(seed) {}

  std::string value(int depth) {
    const unsigned kind = pick(depth > 0 ? 9 : 6);
    static constexpr std::array<const char*, 6> kScalars{"null", "true",  "-1.50e+2",
                                                         "0",    "12345", "\"a\\\"]}\\u00e4\""};
    if (kind < 6) return kScalars[kind];
    std::string out(1, kind < 8 ? '{' : '[');
    for (unsigned i = pick(5); i > 0; --i) {
      out += blanks();
      if (kind < 8) out += key() + blanks() + ":" + blanks();
      out += value(depth - 1) + blanks();
      if (i > 1) out += ",";
    }
    return out + blanks() + (kind < 8 ? "}" : "]");
  }

  unsigned pick(unsigned below) { return static_cast<unsigned>(random_() % below); }

 private:
  std::string key() {
    static constexpr std::array<const char*, 21> kKeys{"id",
                                                       "fields",
                                                       "FileSizeDisplay",
                                                       "driveItem",
                                                       "summary",
                                                       "resource",
                                                       "thumbnails@odata.context",
                                                       "versions",
                                                       "size",
                                                       "\\u0073ize",
                                                       "file",
                                                       "hashes",
                                                       "quickXorHash",
                                                       "@content.downloadUrl",
                                                       "name",
                                                       "folder",
                                                       "image",
                                                       "value",
                                                       "remoteItem",
                                                       "sha1Hash",
                                                       "@odata.nextLink"};
    return '"' + std::string(kKeys[pick(kKeys.size())]) + '"';
  }
  std::string blanks() { return std::string(pick(3) == 0 ? pick(3) : 0, pick(2) ? ' ' : '\n'); }

  std::mt19937 random_;
};

TEST(RewriteItem, IsIdentityOnAnyJsonWhenNothingIsToChange) {
  RandomJson random(1);
  for (int i = 0; i < 3000; ++i) {
    const std::string json = random.value(6);
    const auto items = find_items(json);
    ASSERT_TRUE(items) << json;
    if (json.find("fields") == std::string::npos && json.find("FileSize") == std::string::npos &&
        json.find("downloadUrl") == std::string::npos)
      ASSERT_EQ(edited(json, std::vector<ItemEdit>(items->size())), json);
  }
}

TEST(RewriteItem, KeepsAnyJsonValidWhateverChanges) {
  RandomJson random(2);
  for (int i = 0; i < 3000; ++i) {
    const std::string json = random.value(6);
    std::vector<ItemEdit> edits(find_items(json)->size());
    for (ItemEdit& edit : edits) {
      if (random.pick(2)) edit.size = 7;
      if (random.pick(2)) edit.quick_xor_hash = random.pick(2) ? "H" : "";
      if (random.pick(2)) edit.download_url = random.pick(2) ? "U" : "";
      edit.strip_media = random.pick(2) == 0;
      edit.drop_size = random.pick(2) == 0;
    }
    Rewrite all;
    all.items = edits;
    if (random.pick(2)) all.remove = {"", {"id", "file"}, {{"value", {"name", "size"}, {}}}};
    const std::string out = rewritten(json, all);
    ASSERT_TRUE(Json::accept(out)) << json << "\n" << out;
    if (random.pick(2)) ASSERT_TRUE(find_items(out));
  }
}

TEST(RewriteItem, LeavesNoSealedSizeInAnyItem) {
  RandomJson random(3);
  for (int i = 0; i < 2000; ++i) {
    const std::string json = random.value(6);
    ItemEdit edit;
    edit.size = 7;
    const auto items =
        find_items(edited(json, std::vector<ItemEdit>(find_items(json)->size(), edit)));
    ASSERT_TRUE(items);
    for (const FoundItem& item : *items)
      if (item.size) ASSERT_EQ(*item.size, 7U) << json;
  }
}

}  // namespace
}  // namespace kerros::graph
