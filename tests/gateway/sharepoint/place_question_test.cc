// What upstream is asked before a request of the older interfaces is passed or refused.
#include "gateway/sharepoint/place_question.h"

#include <gtest/gtest.h>

namespace kerros::sharepoint {
namespace {

using Kind = PlaceQuestion::Kind;

PlaceQuestion asked(std::string_view method, std::string_view target) {
  const graph::RequestHead head{
      graph::method_of(method), std::string(method), std::string(target), {}};
  const auto route = classify_tenant(HostKind::kTenant, head);
  EXPECT_TRUE(route) << target;
  return route ? place_question(*route) : PlaceQuestion{};
}

struct Case {
  const char* method;
  const char* target;
  const char* raw;  // empty: nothing can be asked
};

class Questions : public testing::TestWithParam<Case> {};

TEST_P(Questions, AreForTheVeryOctetsThatAreCalled) {
  EXPECT_EQ(asked(GetParam().method, GetParam().target).raw, GetParam().raw);
}

#define WEB "/sites/x/_api/web"
#define PATH "?$select=ServerRelativeUrl"

INSTANTIATE_TEST_SUITE_P(
    Rest, Questions,
    testing::Values(
        Case{"POST", WEB "/GetFolderByServerRelativeUrl('/a%20b/%2550')/Files/add(url='x')",
             WEB "/GetFolderByServerRelativeUrl('/a%20b/%2550')" PATH},
        Case{"POST",
             WEB "/GetFolderById('1')/Folders('S')/files/AddUsingPath(DecodedUrl=@u)?@u='x'",
             WEB "/GetFolderById('1')/Folders('S')" PATH "&@u='x'"},
        Case{"PUT", WEB "/GetFileByServerRelativeUrl(@f)/$value?@f='/D/a'&$x=1",
             WEB "/GetFileByServerRelativeUrl(@f)" PATH "&@f='/D/a'"},
        Case{"POST", "/_vti_bin/client.svc/web/GetFileById('1')/StartUpload(uploadId=guid'1-2')",
             "/_vti_bin/client.svc/web/GetFileById('1')" PATH},
        Case{"POST", WEB "/GetFileById('1')/copyTo(strNewUrl='/D/b')", ""},
        Case{"POST", "/_api/$batch", ""}, Case{"POST", WEB "/processquery", ""}));

INSTANTIATE_TEST_SUITE_P(
    Paths, Questions,
    testing::Values(Case{"PUT", "/sites/x/D/a%20b.txt", "/sites/x/D/a%20b.txt"},
                    Case{"PROPFIND", "/sites/x/D/", "/sites/x/D"},
                    Case{"GET", "/sites/x/D/a?web=1", "/sites/x/D/a"}, Case{"OPTIONS", "/", "/"}));

TEST(ItemByAddress, IsAShareOfTheWholeUrl) {
  EXPECT_EQ(item_by_address("h.sharepoint.com", "/a"),
            "/_api/v2.0/shares/u!aHR0cHM6Ly9oLnNoYXJlcG9pbnQuY29tL2E/driveItem");
}

TEST(DestinationPath, IsOneOfThisHostAlone) {
  const auto path = [](const char* url) {
    graph::Fields fields;
    fields.add("Destination", url);
    return destination_path("h.sharepoint.com", fields);
  };
  EXPECT_EQ(path("https://H.sharepoint.com/D/a%20b"), "/D/a%20b");
  EXPECT_EQ(path("https://h.sharepoint.com:443/D/"), "/D");
  EXPECT_EQ(path("/D/c"), "/D/c");
  for (const char* other : {"https://h.sharepoint.com.evil.test/D", "http://h.sharepoint.com/D",
                            "//evil.test/D", "D/c", ""})
    EXPECT_EQ(path(other), "") << other;
  EXPECT_EQ(destination_path("h.sharepoint.com", {}), "");
}

TEST(ServerRelativePath, IsReadFromTheAnswerAlone) {
  EXPECT_EQ(server_relative_path(R"({"ServerRelativeUrl":"/D/a b"})"), "/D/a%20b");
  EXPECT_EQ(server_relative_path(R"({"ServerRelativeUrl":"D"})"), "");
  EXPECT_EQ(server_relative_path(R"(["/D"])"), "");
  EXPECT_EQ(server_relative_path("<entry/>"), "");
}

PlaceQuestion page(std::string_view query) {
  const auto target =
      parse_tenant_target("/sites/x/_layouts/15/download.aspx?" + std::string(query));
  EXPECT_TRUE(target);
  return target ? download_page("h.sharepoint.com", *target) : PlaceQuestion{};
}

TEST(DownloadPage, AsksForAnIdOrAnAddress) {
  const std::string guid = "0f8fad5b-d9cb-469f-a165-70867728950e";
  EXPECT_EQ(page("UniqueId={" + guid + "}").raw,
            "/sites/x/_api/web/GetFileById('" + guid + "')?$select=ServerRelativeUrl");
  EXPECT_EQ(page("SourceUrl=%2FD%2Fa%20b").raw, "/D/a%20b");
  EXPECT_EQ(page("SourceUrl=https://h.sharepoint.com/D/a").raw, "/D/a");
}

TEST(DownloadPage, AsksNothingThatIsNotPlain) {
  for (const char* query : {"UniqueId=1')/x('", "SourceUrl=https://evil.test/D/a", "", "x=1"})
    EXPECT_EQ(page(query).kind, Kind::kNone) << query;
}

TEST(DownloadPage, AsksNothingOnBehalfOfAUrlThatIsItsOwnRight) {
  for (const char* right : {"tempauth=x", "TempAuth=x", "share=x", "%74empauth=x"})
    EXPECT_EQ(page("UniqueId=0f8fad5b-d9cb-469f-a165-70867728950e&" + std::string(right)).kind,
              Kind::kNone)
        << right;
}

}  // namespace
}  // namespace kerros::sharepoint
