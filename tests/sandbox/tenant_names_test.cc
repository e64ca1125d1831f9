#include "tools/sandbox/tenant_names.h"

#include <gtest/gtest.h>

namespace kerros::sandbox {
namespace {

TEST(TenantNames, RenameAnnotationsAtAnyDepthAndKeepTheOrder) {
  const Json graph = Json::parse(
      R"({"z":1,"@microsoft.graph.downloadUrl":"u","value":[{"@microsoft.graph.downloadUrl":"v"}]})");
  EXPECT_EQ(with_tenant_names(graph).dump(),
            R"({"z":1,"@content.downloadUrl":"u","value":[{"@content.downloadUrl":"v"}]})");
}

TEST(TenantNames, RenameTheViewOfAFolderOnly) {
  const Json graph = Json::parse(R"({"folder":{"view":{"viewType":"details"}},"view":"x"})");
  EXPECT_EQ(with_tenant_names(graph).dump(),
            R"({"folder":{"folderView":{"viewType":"details"}},"view":"x"})");
}

TEST(TenantNames, LeaveBodiesAloneThatAreNotJson) {
  Reply reply;
  reply.set("Content-Type", "text/plain");
  reply.body = "@microsoft.graph.downloadUrl";
  use_tenant_names(reply);
  EXPECT_EQ(reply.body, "@microsoft.graph.downloadUrl");
}

}  // namespace
}  // namespace kerros::sandbox
