// One case a channel: what leads past Graph is known by its shape, however it is spelled.
#include "gateway/sharepoint/classify_tenant.h"

#include <gtest/gtest.h>

#include <set>

namespace kerros::sharepoint {
namespace {

graph::RequestHead head_of(std::string_view method, std::string_view target) {
  return {graph::method_of(method), std::string(method), std::string(target), {}};
}

TenantRoute classified(const graph::RequestHead& head, HostKind host = HostKind::kTenant) {
  auto route = classify_tenant(host, head);
  EXPECT_TRUE(route) << head.target;
  return route.value_or(TenantRoute{});
}

struct Case {
  const char* method;
  const char* target;
  Treatment treatment;
  const char* channel;
};

class Channels : public testing::TestWithParam<Case> {};

TEST_P(Channels, AreKnown) {
  const Case& c = GetParam();
  const TenantRoute route = classified(head_of(c.method, c.target));
  EXPECT_EQ(name(route.treatment), name(c.treatment)) << c.target << " " << route.pattern;
  EXPECT_EQ(route.channel, c.channel) << c.target << " " << route.pattern;
  EXPECT_EQ(route.target.raw_path, std::string(c.target).substr(0, route.target.raw_path.size()));
}

using T = Treatment;
#define WEB "/sites/x/_api/web"
#define FILE "/GetFileByServerRelativeUrl('/sites/x/Docs/a''b.txt')"

INSTANTIATE_TEST_SUITE_P(
    Case109, Channels,
    testing::Values(
        Case{"POST", WEB "/GetFolderByServerRelativeUrl('/sites/x/D')/Files/add(url='a.txt')",
             T::kRefuse, "rest-upload"},
        Case{"POST", WEB "/getfolderbyserverrelativeurl(@f)/files/ADD(url=@u)?@f='/D'&@u='a/b'",
             T::kRefuse, "rest-upload"},
        Case{"POST", WEB "/GetFolderById('1')/files/AddUsingPath(DecodedUrl='a(1).txt')",
             T::kRefuse, "rest-upload"},
        Case{"POST",
             WEB "/lists/getbytitle('Docs')/RootFolder/Files/addTemplateFile(urlOfFile='x')",
             T::kRefuse, "rest-upload"},
        Case{"POST", WEB "/GetFolderById('1')/Files/AddStubUsingPath(DecodedUrl='x')", T::kRefuse,
             "rest-upload"},
        Case{"PUT", WEB FILE "/$value", T::kRefuse, "rest-overwrite"},
        Case{"POST", WEB FILE "/SaveBinaryStream", T::kRefuse, "rest-overwrite"},
        Case{"POST", WEB FILE "/StartUpload(uploadId=guid'1-2')", T::kRefuse, "rest-session"},
        Case{"POST", WEB FILE "/ContinueUpload(uploadId=guid'1-2',fileOffset=3)", T::kRefuse,
             "rest-session"},
        Case{"POST", WEB FILE "/FinishUploadWithChecksum(uploadId=guid'1')", T::kRefuse,
             "rest-session"},
        Case{"POST", WEB FILE "/UploadWithChecksum(uploadId=guid'1',checksum='x')", T::kRefuse,
             "rest-session"},
        Case{"POST", WEB "/lists('1')/items(2)/AttachmentFiles/add(FileName='x')", T::kRefuse,
             "attachment"},
        Case{"PUT", WEB "/lists('1')/items(2)/AttachmentFiles('x')/$value", T::kRefuse,
             "attachment"},
        Case{"GET", WEB FILE "/$value", T::kRefuse, "rest-download"},
        Case{"GET", WEB "/GetFileById('1')/OpenBinaryStreamWithOptions(1)", T::kRefuse,
             "rest-download"},
        Case{"GET", WEB FILE "/versions(512)/OpenBinaryStream", T::kRefuse, "rest-download"},
        Case{"POST", WEB FILE "/GetPreAuthorizedAccessUrl(2)", T::kRefuse, "rest-download"},
        Case{"POST", WEB FILE "/copyTo(strNewUrl='/b')", T::kRefuse, "rest-copy"},
        Case{"POST", "/_api/SP.MoveCopyUtil.CopyFileByPath()", T::kRefuse, "rest-copy"},
        Case{"POST", "/sites/x/_api/site/CreateCopyJobs", T::kRefuse, "rest-copy"},
        Case{"POST", WEB FILE "/versions/RestoreByID(vid=512)", T::kRefuse, "rest-restore"},
        Case{"POST", "/_api/$batch", T::kRefuse, "rest-batch"},
        Case{"POST", "/sites/x/_vti_bin/client.svc/ProcessQuery", T::kRefuse, "csom"},
        Case{"POST", "/_VTI_BIN/Client.SVC/web/folders('a')/Files/Add(url='x')", T::kRefuse,
             "rest-upload"},
        Case{"POST", "/_api/search/postquery", T::kRefuse, "search"},
        Case{"POST", "/_api/contextinfo", T::kPass, "rest"},
        Case{"POST", WEB "/lists('1')/RenderListDataAsStream", T::kPass, "rest"},
        Case{"GET", WEB FILE, T::kPass, "rest"}, Case{"GET", WEB "/title", T::kPass, "rest"},
        Case{"POST", WEB FILE "/recycle()", T::kPass, "rest"},
        Case{"POST", WEB "/SomethingNew", T::kRefuse, ""},
        Case{"POST", WEB "/lists", T::kRefuse, ""}));

INSTANTIATE_TEST_SUITE_P(
    Case110, Channels,
    testing::Values(
        Case{"PUT", "/sites/x/Docs/a.txt", T::kRefuse, "webdav"},
        Case{"PROPFIND", "/sites/x/Docs", T::kPass, "webdav"},
        Case{"LOCK", "/sites/x/Docs/a.txt", T::kRefuse, "webdav"},
        Case{"MOVE", "/sites/x/Docs/a.txt", T::kRefuse, "webdav"},
        Case{"COPY", "/sites/x/Docs/a.txt", T::kRefuse, "webdav"},
        Case{"MKCOL", "/sites/x/Docs/n", T::kRefuse, "webdav"},
        Case{"OPTIONS", "/sites/x/Docs", T::kPass, "webdav"},
        Case{"REPORT", "/sites/x/Docs", T::kRefuse, ""},
        Case{"POST", "/sites/x/Docs/a.aspx", T::kRefuse, ""},
        Case{"POST", "/_vti_bin/cellstorage.svc/CellStorageService", T::kRefuse, "cellstorage"},
        Case{"POST", "/sites/x/Docs/_vti_bin/CellStorage.svc", T::kRefuse, "cellstorage"},
        Case{"POST", "/personal/a_b/_api/SPFileSync/sync/1-2/RootFolder", T::kRefuse, "sync"},
        Case{"POST", "/sites/x/_vti_bin/_vti_aut/author.dll", T::kRefuse, "frontpage"},
        Case{"GET", "/_vti_inf.html", T::kRefuse, "frontpage"},
        Case{"POST", "/_vti_bin/shtml.dll/_vti_rpc", T::kRefuse, "frontpage"},
        Case{"POST", "/sites/x/_vti_bin/copy.asmx", T::kRefuse, "web-service"},
        Case{"GET", "/_vti_bin/ListData.svc/Docs(1)/$value", T::kRefuse, "web-service"},
        Case{"GET", "/_vti_bin/wopi.ashx/files/1/contents", T::kRefuse, "wopi"},
        Case{"GET", "/sites/x/_vti_history/512/Docs/a.txt", T::kRefuse, "old-version"},
        Case{"GET", "/sites/x/_layouts/15/download.aspx?UniqueId=1", T::kOpen, "download-page"},
        Case{"GET", "/_LAYOUTS/15/Download.ASPX?SourceUrl=/a", T::kOpen, "download-page"},
        Case{"POST", "/sites/x/_layouts/15/download.aspx", T::kRefuse, ""},
        Case{"GET", "/_layouts/15/Doc.aspx?sourcedoc=1", T::kRefuse, "office-frame"},
        Case{"GET", "/_layouts/15/WopiFrame2.aspx", T::kRefuse, "office-frame"},
        Case{"POST", "/_layouts/15/UploadEx.aspx", T::kRefuse, "upload-page"},
        Case{"GET", "/_layouts/15/DocIdRedir.aspx?ID=1", T::kRefuse, "page"},
        Case{"GET", "/_layouts/15/guestaccess.aspx", T::kRefuse, "page"},
        Case{"GET", "/_layouts/15/getpreview.ashx?id=1", T::kRefuse, "preview"},
        Case{"GET", "/_layouts/15/start.aspx", T::kPass, "page"},
        Case{"GET", "/:w:/s/x/Eabc?e=1", T::kPass, "short-link"},
        Case{"GET", "/:w:/s/x/Eabc?download=1", T::kRefuse, "short-link"},
        Case{"GET", "/sites/x/Docs/it's%20(1).txt", T::kOpen, "file"},
        Case{"HEAD", "/sites/x/Docs/a.txt", T::kOpen, "file"},
        Case{"POST", "/_api/web/CreateMigrationJob(gWebId='1')", T::kRefuse, "migration"},
        Case{"POST", "/_api/site/ProvisionMigrationContainers", T::kRefuse, "migration"}));

INSTANTIATE_TEST_SUITE_P(
    DriveApi, Channels,
    testing::Values(Case{"GET", "/_api/v2.0/drives/b!x/items/01A/content", T::kDriveApi,
                         "drive-api"},
                    Case{"PUT", "/personal/a_b/_api/v2.1/drive/root:/it's.txt:/content",
                         T::kDriveApi, "drive-api"},
                    Case{"POST", "/sites/x/_API/V2.0/drive/root:/a:/oneDrive.createUploadSession",
                         T::kDriveApi, "drive-api"},
                    Case{"GET", "/_vti_bin/client.svc/v2.1/drives/b!x/root/children", T::kDriveApi,
                         "drive-api"},
                    Case{"PUT", "/_api/v2.0/drives/b!x/items/01A/uploadSession?guid='1'&tempauth=x",
                         T::kRefuse, "drive-api"},
                    Case{"GET", "/_api/v2.0/monitor/1", T::kRefuse, "drive-api"},
                    Case{"GET", "/_api/v2.0", T::kRefuse, "drive-api"}));
#undef WEB
#undef FILE

TEST(Tenant, LeadsTheDriveApiIntoTheRowsOfGraph) {
  const auto route = classified(head_of(
      "PUT", "/sites/x/_api/v2.0/drive/root:/S/a.txt:/content?@name.conflictBehavior=fail"));
  ASSERT_TRUE(route.drive);
  EXPECT_EQ(route.drive->operation, graph::Operation::kWriteContent);
  EXPECT_TRUE(route.drive->proves_caller);
  EXPECT_EQ(route.drive->target.version, "v2.0");
  EXPECT_EQ(route.drive->target.item.path, "/S/a.txt");
  EXPECT_EQ(route.drive->target.item.raw_item, "/sites/x/_api/v2.0/drive/root:/S/a.txt:");
  EXPECT_EQ(graph::conflict_behavior(route.drive->target), "fail");
  const auto stream =
      classified(head_of("POST", "/_api/v2.1/drives/d/items/1/opStream/joinSession"));
  EXPECT_EQ(stream.drive->operation, graph::Operation::kContentSide);
}

TEST(Tenant, RefusesWhatTwoReadersCouldReadDifferently) {
  for (const char* raw : {"/sites/x/../_api/web",
                          "/sites/%2e%2e/_api",
                          "/_api/%252e%252e/web",
                          "//_api/web",
                          "/sites//_api",
                          "/a%5Cb",
                          "/a%00",
                          "/%C0%AF",
                          "/%u0041",
                          "/100%",
                          "/a./_api",
                          "/a%20/b",
                          "/_api/web/f('a",
                          "/_api/web/f('a')x",
                          "/_api/web/f(('a'))",
                          "/_api/web/f)('a'",
                          "/_api/web/f('a'b')",
                          "/_api/web/a'b",
                          "/_api/web/f(@p)",
                          "/_api/web/f(@p)?@p='a'&@p='b'",
                          "/_api/web/f(@p)?@p=@q&@q='a'",
                          "/_api/web/f(@p)?@p='a",
                          "/_api/web/./title",
                          "/_api/web/title.",
                          "/_api/v2.0/drives/b!x/items/root://x:/content"})
    EXPECT_FALSE(classify_tenant(HostKind::kTenant, head_of("GET", raw))) << raw;
}

TEST(Tenant, UnderstandsTunnelledVerbs) {
  auto head = head_of("POST", "/_api/web/GetFileById('1')/$value");
  head.fields.add("X-HTTP-Method", "PUT");
  EXPECT_EQ(classified(head).channel, "rest-overwrite");
  auto merge = head_of("POST", "/_api/web/lists('1')/items(2)");
  merge.fields.add("X-HTTP-Method", "MERGE");
  EXPECT_EQ(classified(merge).verb, "MERGE");
  EXPECT_EQ(classified(merge).treatment, T::kPass);
  merge.fields.add("X-HTTP-Method-Override", "MERGE");
  EXPECT_FALSE(classify_tenant(HostKind::kTenant, merge));
  auto dav = head_of("POST", "/Docs/a.txt");
  dav.fields.add("X-HTTP-Method", "PROPFIND");
  EXPECT_FALSE(classify_tenant(HostKind::kTenant, dav));
}

TEST(Tenant, RefusesABodyWhereNoneIsMeant) {
  auto head = head_of("GET", "/_api/web/title");
  head.fields.add("Content-Length", "0");
  EXPECT_EQ(classified(head).treatment, T::kPass);
  head.fields.set("Content-Length", "7");
  EXPECT_EQ(classified(head).treatment, T::kRefuse);
  auto chunked = head_of("OPTIONS", "/_api/web/title");
  chunked.fields.add("Transfer-Encoding", "chunked");
  EXPECT_EQ(classified(chunked).treatment, T::kRefuse);
  auto wish = head_of("PROPFIND", "/sites/x/Docs");
  wish.fields.add("Content-Length", "300");
  EXPECT_EQ(classified(wish).treatment, T::kPass);
  wish.fields.set("Content-Length", "20000");
  EXPECT_EQ(classified(wish).treatment, T::kRefuse);
  auto endless = head_of("PROPFIND", "/sites/x/Docs");
  endless.fields.add("Transfer-Encoding", "chunked");
  EXPECT_EQ(classified(endless).treatment, T::kRefuse);
}

TEST(Tenant, KnowsTheHostsBesideIt) {
  const auto on = [](HostKind host, const char* method, const char* target) {
    return classified(head_of(method, target), host).treatment;
  };
  EXPECT_EQ(on(HostKind::kMedia, "POST", "/transform/zip?x=1"), T::kRefuse);
  EXPECT_EQ(on(HostKind::kMedia, "GET", "/transform/thumbnail?provider=spo"), T::kRefuse);
  EXPECT_EQ(on(HostKind::kMedia, "GET", "/health"), T::kPass);
  EXPECT_EQ(on(HostKind::kMedia, "POST", "/health"), T::kRefuse);
  EXPECT_EQ(on(HostKind::kIngest, "PUT", "/c/blob?sig=x"), T::kRefuse);
  EXPECT_EQ(on(HostKind::kConsumer, "GET", "/v1.0/drive/root"), T::kRefuse);
  EXPECT_EQ(on(HostKind::kOther, "GET", "/"), T::kRefuse);
}

TEST(TenantTable, LetsNothingFollowTheWordThatPasses) {
  for (const TenantRow& row : tenant_table()) {
    const bool reads = row.verb == "GET" || row.verb == "HEAD" || row.verb == "OPTIONS";
    const bool looks = reads || row.verb == "PROPFIND";
    if (row.treatment == T::kPass && !looks && row.verb != "DELETE")
      EXPECT_FALSE(row.pattern.ends_with("**")) << row.pattern;
    if (row.treatment == T::kOpen) EXPECT_TRUE(reads) << row.pattern;
  }
}

TEST(TenantTable, HasNoRowTwiceAndASentenceInEach) {
  std::set<std::tuple<std::string_view, HostKind, std::string_view>> seen;
  for (const TenantRow& row : tenant_table()) {
    EXPECT_TRUE(seen.emplace(row.verb, row.host, row.pattern).second) << row.pattern;
    EXPECT_EQ(row.sentence.starts_with("refused"), row.treatment == T::kRefuse) << row.pattern;
    EXPECT_FALSE(row.channel.empty());
  }
}

}  // namespace
}  // namespace kerros::sharepoint
