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

std::string rewritten(const std::string& json, std::vector<ItemEdit> edits) {
  auto out = rewrite(json, {std::move(edits), {}, {}});
  EXPECT_TRUE(out);
  return out.value_or("");
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

TEST(RewriteItem, WithoutEditsIsIdentity) { EXPECT_EQ(rewritten(kItem, {}), kItem); }

TEST(RewriteItem, ReplacesTheSizeAlone) {
  ItemEdit edit;
  edit.size = 16000;
  EXPECT_EQ(rewritten(kItem, {edit}), swapped(kItem, "17000", "16000"));
  EXPECT_EQ(rewritten(R"({"id":"1", "size" : "17000"})", {edit}),
            R"({"id":"1", "size" : "16000"})");
}

TEST(RewriteItem, AddsNoSizeThatWasNotAskedFor) {
  ItemEdit edit;
  edit.size = 1;
  EXPECT_EQ(rewritten(R"({"file":{}})", {edit}), R"({"file":{}})");
}

TEST(RewriteItem, ReplacesTheHashAndTakesOtherHashesAway) {
  ItemEdit edit;
  edit.quick_xor_hash = "BBB=";
  EXPECT_EQ(rewritten(kItem, {edit}),
            swapped(swapped(kItem, "AAA=", "BBB="), R"(,"sha1Hash":"S")", ""));
}

TEST(RewriteItem, AddsAHashWhereThereIsNone) {
  ItemEdit edit;
  edit.quick_xor_hash = "B";
  EXPECT_EQ(rewritten(R"({"file":{}})", {edit}), R"({"file":{"hashes":{"quickXorHash":"B"}}})");
  EXPECT_EQ(rewritten(R"({"file":{"mimeType":"m"}})", {edit}),
            R"({"file":{"hashes":{"quickXorHash":"B"},"mimeType":"m"}})");
  EXPECT_EQ(rewritten(R"({"file":{"hashes":{}}})", {edit}),
            R"({"file":{"hashes":{"quickXorHash":"B"}}})");
  EXPECT_EQ(rewritten(R"({"file":{"hashes":null}})", {edit}),
            R"({"file":{"hashes":{"quickXorHash":"B"}}})");
  EXPECT_EQ(rewritten(R"({"file":{"hashes":{"sha1Hash":"S"}}})", {edit}),
            R"({"file":{"hashes":{"quickXorHash":"B"}}})");
  EXPECT_EQ(rewritten(R"({"folder":{}})", {edit}), R"({"folder":{}})");
}

TEST(RewriteItem, RemovesTheHashes) {
  ItemEdit edit;
  edit.quick_xor_hash = "";
  EXPECT_EQ(rewritten(R"({"file":{"mimeType":"m","hashes":{"quickXorHash":"A"}}})", {edit}),
            R"({"file":{"mimeType":"m"}})");
  EXPECT_EQ(rewritten(R"({"file":{"hashes":{}}})", {edit}), R"({"file":{}})");
}

TEST(RewriteItem, ReplacesOrRemovesDownloadUrls) {
  ItemEdit edit;
  edit.download_url = "https://g/\"x";
  EXPECT_EQ(
      rewritten(R"({"@content.downloadUrl":"u","a":1,"@microsoft.graph.downloadUrl":"v"})", {edit}),
      R"({"@content.downloadUrl":"https://g/\"x","a":1,"@microsoft.graph.downloadUrl":"https://g/\"x"})");
  edit.download_url = "";
  EXPECT_EQ(
      rewritten(R"({"@content.downloadUrl":"u","a":1,"@microsoft.graph.downloadUrl":"v"})", {edit}),
      R"({"a":1})");
  EXPECT_EQ(rewritten(R"({"@content.\u0064ownloadUrl":"u"})", {edit}), "{}");
}

TEST(RewriteItem, StripsWhatTheCloudReadFromTheContent) {
  ItemEdit edit;
  edit.strip_media = true;
  EXPECT_EQ(
      rewritten(
          R"({"photo":{"size":1},"thumbnails@odata.context":"c","thumbnails":[{"id":"0"}],"size":5,"video":{}})",
          {{}, edit}),
      R"({"photo":{"size":1},"thumbnails@odata.context":"c","thumbnails":[{"id":"0"}],"size":5,"video":{}})");
  EXPECT_EQ(
      rewritten(
          R"({"photo":{"size":1},"thumbnails@odata.context":"c","thumbnails":[{"id":"0"}],"size":5,"video":{}})",
          {edit}),
      R"({"size":5})");
}

TEST(RewriteItem, EditsEveryOccurrenceOfAKey) {
  ItemEdit edit;
  edit.size = 7;
  edit.download_url = "g";
  EXPECT_EQ(
      rewritten(R"({"size":1,"size":2,"@content.downloadUrl":"a","@content.downloadUrl":"b"})",
                {edit}),
      R"({"size":7,"size":7,"@content.downloadUrl":"g","@content.downloadUrl":"g"})");
}

TEST(RewriteItem, CountsItemsAsFindItemsDoes) {
  const std::string json =
      R"({"value":[{"id":"1","size":1,"remoteItem":{"id":"2","size":2}},{"id":"3","size":3}]})";
  std::vector<ItemEdit> edits(3);
  for (std::size_t i = 0; i < 3; ++i) edits[i].size = 100 * (i + 1);
  EXPECT_EQ(
      rewritten(json, edits),
      R"({"value":[{"id":"1","size":100,"remoteItem":{"id":"2","size":200}},{"id":"3","size":300}]})");
}

TEST(RewriteItem, PointsLinksElsewhere) {
  const std::string json =
      R"({"@odata.context":"https://graph.test/c","@odata.nextLink":"https:\/\/graph.test\/n?$skiptoken=%25+'",)"
      R"("children@odata.nextLink":"https://graph.test/k","@nextLink":"https://graph.test/s",)"
      R"("webUrl":"https://graph.test/w","@odata.id":"relative","@odata.count":3})";
  const auto out = rewrite(
      json, {{},
             [](std::string_view url) { return "https://gw.test" + std::string(url.substr(18)); },
             {}});
  ASSERT_TRUE(out);
  EXPECT_EQ(
      *out,
      R"({"@odata.context":"https://gw.test/c","@odata.nextLink":"https://gw.test/n?$skiptoken=%25+'",)"
      R"("children@odata.nextLink":"https://gw.test/k","@nextLink":"https://gw.test/s",)"
      R"("webUrl":"https://graph.test/w","@odata.id":"relative","@odata.count":3})");
}

TEST(RewriteItem, KeepsAByteOrderMark) {
  ItemEdit edit;
  edit.size = 1;
  EXPECT_EQ(rewritten("\xef\xbb\xbf{\"size\":5}", {edit}), "\xef\xbb\xbf{\"size\":1}");
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
    static constexpr std::array<const char*, 14> kKeys{"id",
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
    ASSERT_EQ(rewritten(json, std::vector<ItemEdit>(items->size())), json);
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
    }
    const std::string out = rewritten(json, edits);
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
        find_items(rewritten(json, std::vector<ItemEdit>(find_items(json)->size(), edit)));
    ASSERT_TRUE(items);
    for (const FoundItem& item : *items)
      if (item.size) ASSERT_EQ(*item.size, 7U) << json;
  }
}

}  // namespace
}  // namespace kerros::graph
