#include "gateway/proxy/connect.h"

#include <gtest/gtest.h>

namespace kerros::proxy {
namespace {

TEST(Authority, NamesAHostAndItsPort) {
  const auto plain = parse_authority("Graph.Microsoft.com:443").value();
  EXPECT_EQ(plain.host, "graph.microsoft.com");
  EXPECT_EQ(plain.port, 443);
  EXPECT_EQ(parse_authority("graph.microsoft.com.:443")->host, "graph.microsoft.com");
  const auto six = parse_authority("[2001:db8::1]:8443").value();
  EXPECT_EQ(six.host, "2001:db8::1");
  EXPECT_EQ(six.port, 8443);
}

TEST(Authority, IsRefusedInEveryOtherForm) {
  for (const char* text : {"",
                           ":",
                           ":443",
                           "host",
                           "host:",
                           "host:0",
                           "host:65536",
                           "host:+443",
                           "host:443 ",
                           "host:4x",
                           "2001:db8::1:443",
                           "[::1:443",
                           "[]:443",
                           "user@host:443",
                           "https://host:443",
                           "host:443/",
                           "host/path:443",
                           "ho st:443",
                           "host?x:443",
                           "host:443:443",
                           "host..:443",
                           ".:443"})
    EXPECT_FALSE(parse_authority(text)) << text;
}

TEST(PacFile, SendsTheListedHostsAndNoOthersThroughTheProxy) {
  EXPECT_EQ(pac_file({"graph.microsoft.com", "*.SharePoint.com"}, "proxy.example:8080"),
            "function FindProxyForURL(url, host) {\n"
            "  host = host.toLowerCase();\n"
            "  if (host === \"graph.microsoft.com\") return \"PROXY proxy.example:8080\";\n"
            "  if (dnsDomainIs(host, \".sharepoint.com\")) return \"PROXY proxy.example:8080\";\n"
            "  return \"DIRECT\";\n"
            "}\n");
}

TEST(PacFile, LetsNoPatternOutOfItsString) {
  EXPECT_EQ(pac_file({"a\");alert(\"b"}, "p:1"),
            "function FindProxyForURL(url, host) {\n"
            "  host = host.toLowerCase();\n"
            "  return \"DIRECT\";\n"
            "}\n");
}

}  // namespace
}  // namespace kerros::proxy
