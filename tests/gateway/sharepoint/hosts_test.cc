#include "gateway/sharepoint/hosts.h"

#include <gtest/gtest.h>

namespace kerros::sharepoint {
namespace {

TEST(Hosts, AreKnownInEveryCloud) {
  for (const char* host :
       {"contoso.sharepoint.com", "contoso-my.sharepoint.com", "contosoeur.sharepoint.com",
        "a.gr.global.aa-rt.sharepoint.com", "cdn.sharepointonline.com", "contoso.sharepoint.us",
        "contoso.dps.mil", "contoso.sharepoint-mil.us", "contoso.sharepoint.cn",
        "contoso.sharepoint.de", "contoso.sovcloud-sharepoint.de",
        "contoso.sovcloud-sharepoint.fr"})
    EXPECT_EQ(kind_of(host), HostKind::kTenant) << host;
  for (const char* host :
       {"graph.microsoft.com", "canary.graph.microsoft.com", "graph.microsoft.us",
        "dod-graph.microsoft.us", "microsoftgraph.chinacloudapi.cn", "graph.microsoft.de"})
    EXPECT_EQ(kind_of(host), HostKind::kGraph) << host;
  EXPECT_EQ(kind_of("westeurope1-mediap.svc.ms"), HostKind::kMedia);
  EXPECT_EQ(kind_of("x.blob.core.windows.net"), HostKind::kIngest);
  EXPECT_EQ(kind_of("sn3302.up.1drv.com"), HostKind::kConsumer);
}

TEST(Hosts, CompareWithoutCasePortAndFinalDot) {
  EXPECT_EQ(kind_of("Contoso.SharePoint.COM:443"), HostKind::kTenant);
  EXPECT_EQ(kind_of("contoso.sharepoint.com."), HostKind::kTenant);
  EXPECT_EQ(kind_of("GRAPH.microsoft.com.:443"), HostKind::kGraph);
}

TEST(Hosts, MatchOnBordersOfLabelsOnly) {
  for (const char* host :
       {"sharepoint.com", ".sharepoint.com", "evilsharepoint.com", "sharepoint.com.evil.test",
        "contoso.sharepoint.com.evil.test", "contoso.sharepoint.comx", "xgraph.microsoft.com",
        "evil.graph.microsoft.com", "contoso.sharepoint.test", ""})
    EXPECT_EQ(kind_of(host), HostKind::kOther) << host;
}

}  // namespace
}  // namespace kerros::sharepoint
