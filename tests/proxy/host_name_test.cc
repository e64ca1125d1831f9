#include "gateway/proxy/host_name.h"

#include <gtest/gtest.h>

namespace kerros::proxy {
namespace {

TEST(HostPattern, MatchesOnLabelBordersOnly) {
  EXPECT_TRUE(host_matches("*.sharepoint.com", "contoso.sharepoint.com"));
  EXPECT_TRUE(host_matches("*.sharepoint.com", "a.b.SharePoint.COM"));
  EXPECT_TRUE(host_matches("*.sharepoint.com", "contoso.sharepoint.com."));
  for (const char* host : {"sharepoint.com", "evilsharepoint.com", "contoso.sharepoint.com.example",
                           "contoso.sharepoint.co", ".sharepoint.com.", "sharepoint.com.", ""})
    EXPECT_FALSE(host_matches("*.sharepoint.com", host)) << host;
}

TEST(HostPattern, WithoutAStarIsOneHost) {
  EXPECT_TRUE(host_matches("graph.microsoft.com", "Graph.Microsoft.Com"));
  EXPECT_FALSE(host_matches("graph.microsoft.com", "a.graph.microsoft.com"));
  EXPECT_FALSE(host_matches("graph.microsoft.com", "graph.microsoft.com.."));
}

TEST(AddressLiteral, IsSeenInEverySpellingResolversTake) {
  for (const char* host : {"127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1",
                           "[::1]", "::1", "1.2.3.4.", "2001:db8::1"})
    EXPECT_TRUE(is_address_literal(host)) << host;
  for (const char* host : {"graph.microsoft.com", "1.2.3.4.example", "a0x7f", "localhost"})
    EXPECT_FALSE(is_address_literal(host)) << host;
}

TEST(DnsName, HasLabelsOfOneTo63Octets) {
  const std::string label(63, 'a');
  EXPECT_TRUE(is_dns_name("contoso-my.sharepoint.com"));
  EXPECT_TRUE(is_dns_name("contoso.sharepoint.com."));
  EXPECT_TRUE(is_dns_name(label + "." + label + "." + label + ".example"));
  for (const std::string& host :
       {std::string(), std::string("."), std::string("a..b"), std::string(".a"), label + "a",
        label + "." + label + "." + label + "." + label, std::string("a b"), std::string("a/b"),
        std::string("a\0b", 3), std::string("\xc3\xa4.example")})
    EXPECT_FALSE(is_dns_name(host)) << host;
}

}  // namespace
}  // namespace kerros::proxy
