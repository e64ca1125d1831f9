#include "gateway/proxy/interception.h"

#include <gtest/gtest.h>

namespace kerros::proxy {
namespace {

Rules office() {
  return {{"graph.microsoft.com", "*.sharepoint.com"}, {"intranet.example", "192.0.2.9"}};
}

TEST(Interception, OpensWhatIsListedAndNothingElse) {
  EXPECT_EQ(decide(office(), "graph.microsoft.com", 443).way, Way::kTerminate);
  EXPECT_EQ(decide(office(), "Contoso-My.SharePoint.com", 443).way, Way::kTerminate);
  for (const char* host : {"login.microsoftonline.com", "evilsharepoint.com",
                           "contoso.sharepoint.com.example", "sharepoint.com"})
    EXPECT_EQ(decide(office(), host, 443).way, Way::kTunnel) << host;
}

TEST(Interception, RefusesListedNamesThatNoCertificateCanHold) {
  for (const char* host : {"a_b.sharepoint.com", "graph.microsoft.com.", "contoso.sharepoint.com."})
    EXPECT_EQ(decide(office(), host, 443).way, Way::kRefuse) << host;
  EXPECT_EQ(decide(office(), "graph.microsoft.com..", 443).way, Way::kRefuse);
  EXPECT_EQ(decide(office(), "a_b.example.com", 443).way, Way::kTunnel);
}

TEST(Interception, LetsNoListedHostPassOnAnotherPort) {
  Rules rules = office();
  rules.exempt.push_back("graph.microsoft.com");
  EXPECT_EQ(decide(rules, "graph.microsoft.com", 8443).way, Way::kRefuse);
  EXPECT_EQ(decide(rules, "graph.microsoft.com", 443).way, Way::kTerminate);
}

TEST(Interception, RefusesAddressesOtherPortsAndWhatIsNoHost) {
  for (const char* host : {"127.0.0.1", "2130706433", "::1", "0x7f.1", "13.107.136.10"})
    EXPECT_EQ(decide(office(), host, 443).way, Way::kRefuse) << host;
  EXPECT_EQ(decide(office(), "www.example.com", 22).way, Way::kRefuse);
  EXPECT_EQ(decide(office(), "a b", 443).way, Way::kRefuse);
  EXPECT_FALSE(decide(office(), "a b", 443).reason.empty());
}

TEST(Interception, TakesAnAdministratorsWordForExemptHosts) {
  EXPECT_EQ(decide(office(), "intranet.example", 8443).way, Way::kTunnel);
  EXPECT_EQ(decide(office(), "192.0.2.9", 443).way, Way::kTunnel);
}

TEST(Tunnel, LeadsToPrivateAddressesOnlyWhereExempt) {
  const Address inside = *parse_address("10.1.2.3");
  EXPECT_FALSE(may_connect(office(), "www.example.com", inside));
  EXPECT_TRUE(may_connect(office(), "intranet.example", inside));
  EXPECT_TRUE(may_connect(office(), "www.example.com", *parse_address("93.184.215.14")));
}

TEST(Interception, DecidesAboutAnUnnamedHostByItsPort) {
  const Rules rules{{"graph.microsoft.com"}, {}, {443, 8443}};
  EXPECT_EQ(decide_unnamed(rules, 443).way, Way::kTunnel);
  EXPECT_EQ(decide_unnamed(rules, 8443).way, Way::kTunnel);
  EXPECT_EQ(decide_unnamed(rules, 25).way, Way::kRefuse);
  EXPECT_FALSE(decide_unnamed(rules, 25).reason.empty());
}

}  // namespace
}  // namespace kerros::proxy
