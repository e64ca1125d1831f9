#include "gateway/sharepoint/tenant_target.h"

#include <gtest/gtest.h>

namespace kerros::sharepoint {
namespace {

TEST(TenantTarget, FindsNamesInArgumentsAndAliases) {
  const auto argument = [](const char* raw, std::size_t word) {
    const auto target = parse_tenant_target(raw);
    EXPECT_TRUE(target) << raw;
    return target ? target->words.at(word).argument.value_or("-") : "";
  };
  EXPECT_EQ(argument("/_api/web/GetFileByServerRelativeUrl('/D/it''s%20(1).txt')/$value", 2),
            "/D/it's (1).txt");
  EXPECT_EQ(
      argument("/_api/web/GetFileByServerRelativePath(DecodedUrl=@p)?@P=%27%2FD%2Fa%25b%27", 2),
      "/D/a%b");
  EXPECT_EQ(argument("/_api/web/f('a')/files/add(overwrite=true,url='x,y=(z)')", 4), "x,y=(z)");
  EXPECT_EQ(argument("/_api/web/GetFileById(guid'1-2')", 2), "-");
}

TEST(TenantTarget, IsSeenByItsPathsAtAnotherDoor) {
  EXPECT_TRUE(is_tenant_path("/_api/v2.0/drives/b!x/root/children"));
  EXPECT_TRUE(is_tenant_path("/sites/x/_vti_bin/client.svc/ProcessQuery"));
  EXPECT_FALSE(is_tenant_path("/v1.0/me/drive"));
  EXPECT_FALSE(is_tenant_path("/v1.0/me/drive/root:/_api/x:/y"));
  EXPECT_FALSE(is_tenant_path("/v1.0https://t.sharepoint.com/_api/v2.0/uploadSession"));
}

TEST(TenantTarget, OfTheDriveApiHasItsPathAtGraph) {
  EXPECT_EQ(graph_path("/personal/x/_api/v2.0/drives/b!x/items/01A"), "/v1.0/drives/b!x/items/01A");
  EXPECT_EQ(graph_path("/_api/v2.1/drives/b!x?a=%2B"), "/v1.0/drives/b!x?a=%2B");
  EXPECT_EQ(graph_path("/sites/y/_api/v2.0/$metadata"), "/v1.0/$metadata");
  for (const char* other : {"/_api/v2.0/monitor/abc", "/_api/v2.0/$metadatax", "/_api/web/lists",
                            "/_api/v3.0/drives/x", "/_api/v2.0/", ""})
    EXPECT_EQ(graph_path(other), "") << other;
}

}  // namespace
}  // namespace kerros::sharepoint
