#include "gateway/graph/classify.h"

#include <gtest/gtest.h>

#include <set>

namespace kerros::graph {
namespace {

RequestHead head_of(std::string_view method, std::string_view target) {
  return {method_of(method), std::string(method), std::string(target), {}};
}

Route classified(const RequestHead& head) {
  auto route = classify(head);
  if (!route) {
    ADD_FAILURE() << head.target << ": " << route.error().detail;
    return {};
  }
  return *route;
}

struct Case {
  const char* method;
  const char* target;
  Operation operation;
};

class Routes : public testing::TestWithParam<Case> {};

TEST_P(Routes, AreClassified) {
  const Route route = classified(head_of(GetParam().method, GetParam().target));
  EXPECT_EQ(name(route.operation), name(GetParam().operation)) << route.pattern;
}

#define ITEM "/v1.0/drives/d/items/01A"
using O = Operation;
INSTANTIATE_TEST_SUITE_P(
    Classify, Routes,
    testing::Values(
        Case{"GET", ITEM, O::kReadItem}, Case{"GET", "/v1.0/me/drive/root", O::kReadItem},
        Case{"PATCH", ITEM, O::kUpdateItem}, Case{"DELETE", ITEM, O::kDeleteItem},
        Case{"POST", ITEM, O::kUnknown}, Case{"GET", ITEM "/content", O::kReadContent},
        Case{"HEAD", ITEM "/content", O::kReadContent},
        Case{"GET", ITEM "/content?AVOverride=1", O::kReadContent},
        Case{"GET", "/beta/drives/d/items/01A/contentStream", O::kReadContent},
        Case{"GET", ITEM "/content?format=pdf", O::kContentSide},
        Case{"GET", ITEM "/content?$format=jpg&width=9", O::kContentSide},
        Case{"GET", ITEM "/content?Format=pdf", O::kContentSide},
        Case{"PUT", "/v1.0/me/drive/root:/a.txt:/content", O::kWriteContent},
        Case{"PUT", "/v1.0/me/drive/root/children('a.txt')/content", O::kWriteContent},
        Case{"PUT", "/v1.0/me/drive/items/root%3A%2Fa%3A/content", O::kWriteContent},
        Case{"POST", ITEM ":/a:/createUploadSession", O::kCreateSession},
        Case{"POST", ITEM "/oneDrive.createUploadSession", O::kCreateSession},
        Case{"PUT", ITEM, O::kCommitSession}, Case{"PUT", ITEM ":/a", O::kCommitSession},
        Case{"GET", ITEM "/children", O::kListChildren},
        Case{"POST", ITEM "/children", O::kCreateChild},
        Case{"GET", ITEM "/delta(token='x')", O::kListItems},
        Case{"GET", ITEM "/delta?token=latest", O::kListItems},
        Case{"GET", "/v1.0/me/drive/search(q='x')", O::kListItems},
        Case{"GET", "/v1.0/me/drive/recent", O::kListItems},
        Case{"GET", "/v1.0/me/drive/sharedWithMe()", O::kListItems},
        Case{"GET", "/v1.0/me", O::kMetadata}, Case{"GET", "/v1.0/me/drives", O::kMetadata},
        Case{"GET", "/v1.0/me/drive", O::kMetadata}, Case{"GET", "/v1.0/sites/root", O::kMetadata},
        Case{"GET", "/v1.0/sites/h.test:/sites/x:", O::kMetadata},
        Case{"GET", "/v1.0/sites/s/drives", O::kMetadata}, Case{"POST", "/v1.0/$batch", O::kBatch},
        Case{"POST", "/beta/%24batch", O::kBatch}));

INSTANTIATE_TEST_SUITE_P(
    ContentSides, Routes,
    testing::Values(Case{"GET", ITEM "/thumbnails", O::kContentSide},
                    Case{"GET", ITEM "/thumbnails/0/large/content", O::kContentSide},
                    Case{"PUT", ITEM "/thumbnails/0/source/content", O::kContentSide},
                    Case{"POST", ITEM "/preview", O::kContentSide},
                    Case{"GET", ITEM "/workbook/worksheets", O::kContentSide},
                    Case{"PATCH", ITEM "/workbook/worksheets('a')/range", O::kContentSide},
                    Case{"POST", ITEM "/extractSensitivityLabels", O::kContentSide},
                    Case{"GET", ITEM "/versions/1.0/content", O::kReadVersion},
                    Case{"POST", ITEM "/versions/1.0/restoreVersion", O::kRestore},
                    Case{"POST", ITEM "/copy", O::kCopy}));

INSTANTIATE_TEST_SUITE_P(
    ListItems, Routes,
    testing::Values(Case{"POST", "/v1.0/search/query", O::kQuery},
                    Case{"GET", "/v1.0/sites/s/lists/l/items", O::kListRows},
                    Case{"GET", "/v1.0/sites/h.test:/a/b:/lists/l/items/7", O::kListRows},
                    Case{"GET", "/v1.0/sites/s/lists/l/items/delta?token=x", O::kListRows},
                    Case{"GET", "/v1.0/sites/s/lists/l/items/7/fields", O::kListFields},
                    Case{"GET", "/v1.0/drives/d/list/items", O::kListRows},
                    Case{"GET", ITEM "/listItem", O::kListRows},
                    Case{"GET", ITEM "/listItem/fields", O::kListFields}));

INSTANTIATE_TEST_SUITE_P(
    FailClosed, Routes,
    testing::Values(Case{"GET", ITEM "/somethingNew", O::kUnknown},
                    Case{"GET", ITEM "/listItem/driveItem/content", O::kUnknown},
                    Case{"GET", ITEM "/CONTENT", O::kUnknown},
                    Case{"GET", "/v1.0/me/DRIVE/items/01A/content", O::kUnknown},
                    Case{"GET", "/v1.0/me/messages/1/attachments/2/$value", O::kUnknown},
                    Case{"POST", "/v1.0/me/sendMail", O::kUnknown},
                    Case{"PUT", "/v1.0/me/photo/$value", O::kUnknown},
                    Case{"OPTIONS", ITEM, O::kUnknown}, Case{"MKCOL", ITEM, O::kUnknown},
                    Case{"GET", "/v1.0/users/a%2Flists/lists/b", O::kUnknown},
                    Case{"GET", "/v1.0", O::kUnknown}));

TEST(Classify, KnowsItsOwnUrls) {
  const Route upload = classified(head_of("PUT", "/kerros/upload/abc-_09?x=1"));
  EXPECT_EQ(upload.operation, Operation::kOwnUpload);
  EXPECT_EQ(upload.own_token, "abc-_09");
  EXPECT_FALSE(upload.proves_caller);
  const Route download = classified(head_of("GET", "https://h.test/kerros/download/abc"));
  EXPECT_EQ(download.operation, Operation::kOwnDownload);
  EXPECT_EQ(download.target.authority, "h.test");
  EXPECT_EQ(classified(head_of("PUT", "/kerros/download/abc")).operation, Operation::kUnknown);
  EXPECT_EQ(classified(head_of("GET", "/kerros/monitor/abc")).operation, Operation::kOwnMonitor);
  EXPECT_EQ(classified(head_of("DELETE", "/kerros/monitor/abc")).operation, Operation::kUnknown);
  EXPECT_FALSE(classify(head_of("GET", "/kerros/download/a%2Fb")));
  EXPECT_FALSE(classify(head_of("GET", "/kerros/download/")));
}

TEST(Classify, TurnsATunnelledVerbIntoTheVerb) {
  for (const char* field : {"X-HTTP-Method-Override", "x-http-method"}) {
    RequestHead head = head_of("POST", ITEM "/content");
    head.fields.add(field, "PUT");
    const Route route = classified(head);
    EXPECT_EQ(route.operation, Operation::kWriteContent);
    EXPECT_EQ(route.method, Method::kPut);
  }
}

TEST(Classify, RefusesAnAmbiguousTunnel) {
  const auto refused = [](const char* method,
                          std::vector<std::pair<const char*, const char*>> all) {
    RequestHead head = head_of(method, ITEM);
    for (const auto& [field, value] : all) head.fields.add(field, value);
    const auto route = classify(head);
    return !route && route.error().code == ErrorCode::kMalformed;
  };
  EXPECT_TRUE(refused("POST", {{"X-HTTP-Method", "PUT"}, {"X-HTTP-Method-Override", "PUT"}}));
  EXPECT_TRUE(refused("POST", {{"X-HTTP-Method", "PUT"}, {"x-http-method", "PUT"}}));
  EXPECT_TRUE(refused("POST", {{"X-HTTP-Method", "put"}}));
  EXPECT_TRUE(refused("POST", {{"X-HTTP-Method", "GET"}}));
  EXPECT_TRUE(refused("POST", {{"X-HTTP-Method", "PUT, DELETE"}}));
  EXPECT_TRUE(refused("GET", {{"X-HTTP-Method", "DELETE"}}));
  EXPECT_TRUE(refused("POST", {{"X-Method-Override", "MERGE"}}));
}

TEST(Classify, RefusesTwoFramings) {
  RequestHead head = head_of("PUT", ITEM "/content");
  head.fields.add("Content-Length", "3");
  head.fields.add("Transfer-Encoding", "chunked");
  EXPECT_FALSE(classify(head));
}

TEST(Classify, TakesANewChildAsJsonOnly) {
  RequestHead head = head_of("POST", ITEM "/children");
  head.fields.add("Content-Type", "application/json; charset=utf-8");
  EXPECT_EQ(classified(head).operation, Operation::kCreateChild);
  head.fields.set("Content-Type", "multipart/related; boundary=x");
  EXPECT_EQ(classified(head).operation, Operation::kContentSide);
}

TEST(Classify, ProvesACallerOnlyWhereTheBearerIsChecked) {
  EXPECT_TRUE(classified(head_of("GET", ITEM)).proves_caller);
  EXPECT_FALSE(classified(head_of("GET", "/v1.0/shares/u!x/driveItem")).proves_caller);
  EXPECT_FALSE(classified(head_of("GET", ITEM "/unheardOf")).proves_caller);
}

TEST(RouteTable, HasNoRowTwice) {
  std::set<std::pair<Method, std::string_view>> seen;
  for (const RouteRow& row : route_table()) {
    EXPECT_TRUE(seen.emplace(row.method, row.pattern).second) << row.pattern;
    EXPECT_FALSE(row.for_protected.empty()) << row.pattern;
  }
}

TEST(RouteTable, IsReachedInEveryRow) {
  for (const RouteRow& row : route_table()) {
    std::string path(row.pattern);
    const auto put = [&](std::string_view from, std::string_view to) {
      for (auto at = path.find(from); at != std::string::npos; at = path.find(from))
        path.replace(at, from.size(), to);
    };
    put("{item}", "/drives/d/items/01A");
    put("{share}", "/shares/u!k");
    put("{container}", "/storage/fileStorage/containers/k");
    put("{site}", "/sites/k");
    put("{list}", "/sites/k/lists/k");
    put("{listItem}", "/sites/k/lists/k/items/7");
    put("{drives}", "/me/drives");
    put("{drive}", "/drives/d");
    put("**", "x/y");
    put("*", "k");
    const Route route = classified(head_of(name(row.method), "/v1.0" + path));
    EXPECT_EQ(route.pattern, row.pattern) << path;
  }
}

TEST(RouteTable, LetsOnlyContentRoutesCarryContent) {
  for (const RouteRow& row : route_table()) {
    if (row.pattern.find("ontent") == std::string_view::npos ||
        row.pattern.find("/contentTypes") != std::string_view::npos)
      continue;
    EXPECT_NE(row.operation, Operation::kMetadata) << row.pattern;
    EXPECT_NE(row.operation, Operation::kReadItem) << row.pattern;
  }
}

}  // namespace
}  // namespace kerros::graph
