#include "gateway/proxy/network.h"

#include <gtest/gtest.h>

namespace kerros::proxy {
namespace {

bool contains(const char* network, const char* address) {
  return parse_network(network).value().contains(parse_address(address).value());
}

TEST(Network, HoldsWhatItsPrefixSays) {
  EXPECT_TRUE(contains("10.0.0.0/8", "10.255.0.1"));
  EXPECT_FALSE(contains("10.0.0.0/8", "11.0.0.0"));
  EXPECT_TRUE(contains("192.0.2.128/25", "192.0.2.129"));
  EXPECT_FALSE(contains("192.0.2.128/25", "192.0.2.127"));
  EXPECT_TRUE(contains("192.0.2.7", "192.0.2.7"));
  EXPECT_FALSE(contains("192.0.2.7", "192.0.2.6"));
  EXPECT_TRUE(contains("2001:db8::/33", "2001:db8:7fff::1"));
  EXPECT_FALSE(contains("2001:db8::/33", "2001:db8:8000::1"));
  EXPECT_TRUE(contains("::/0", "192.0.2.7"));
}

TEST(Network, KnowsAnIpv4AddressInItsIpv6Spelling) {
  EXPECT_TRUE(contains("10.0.0.0/8", "::ffff:10.1.2.3"));
}

TEST(Network, RefusesWhatIsMoreLikelyASlip) {
  for (const char* text :
       {"10.1.2.3/8", "10.0.0.0/33", "2001:db8::/129", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8x",
        "10.0.0/8", "", "/8", "host.example", "2001:db8::1/64"})
    EXPECT_FALSE(parse_network(text)) << text;
}

TEST(PublicAddress, IsNoneThatOnlyThisHostOrOfficeReaches) {
  for (const char* text : {"127.0.0.1",
                           "127.255.255.254",
                           "0.0.0.0",
                           "10.0.0.1",
                           "172.16.0.1",
                           "172.31.255.255",
                           "192.168.1.1",
                           "169.254.169.254",
                           "100.64.0.1",
                           "224.0.0.1",
                           "255.255.255.255",
                           "192.0.2.1",
                           "198.18.0.1",
                           "::",
                           "::1",
                           "fe80::1",
                           "fc00::1",
                           "fd12::1",
                           "ff02::1",
                           "2001:db8::1",
                           "::ffff:127.0.0.1",
                           "::ffff:169.254.169.254",
                           "64:ff9b::7f00:1",
                           "64:ff9b::a9fe:a9fe",
                           "2002:7f00:1::",
                           "2002:c0a8:101::1",
                           "::127.0.0.1",
                           "::ffff:0:10.0.0.1",
                           "100:1::1",
                           "4000::1",
                           "fe00::1"})
    EXPECT_FALSE(is_public(parse_address(text).value())) << text;
}

TEST(PublicAddress, IsWhereTheCloudLives) {
  for (const char* text : {"13.107.136.10", "52.96.0.1", "172.32.0.1", "100.128.0.1", "1.1.1.1",
                           "2620:1ec:8f8::10", "2603:1000::1", "64:ff9b::d6b:880a"})
    EXPECT_TRUE(is_public(parse_address(text).value())) << text;
}

}  // namespace
}  // namespace kerros::proxy
