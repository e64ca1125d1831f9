#include "gateway/io/exchange/front.h"

#include <gtest/gtest.h>

namespace kerros::io {
namespace {

Config config_of(const std::string& name) {
  Config config;
  config.graph_door.name = name;
  return config;
}

TEST(Front, OfTheGraphDoorHasItsOwnNameAndLeadsToGraph) {
  const Front front = Front::graph_door(config_of("kerros.example:8443"));
  EXPECT_FALSE(front.is_intercepted());
  EXPECT_EQ(front.public_host, "kerros.example:8443");
  EXPECT_EQ(front.upstream_host, "graph.microsoft.com");
  EXPECT_EQ(front.kind, sharepoint::HostKind::kGraph);
}

TEST(Front, OfAnInterceptedHostIsThatHostOnBothSides) {
  const Front front = Front::intercepted(Config{}, "contoso-my.sharepoint.com");
  EXPECT_TRUE(front.is_intercepted());
  EXPECT_EQ(front.public_host, "contoso-my.sharepoint.com");
  EXPECT_EQ(front.upstream_host, "contoso-my.sharepoint.com");
  EXPECT_EQ(front.kind, sharepoint::HostKind::kTenant);
}

TEST(Front, KnowsWhatIsSpokenBehindAHost) {
  Config config;
  config.upstream.graph_host = "graph.example";
  EXPECT_EQ(Front::intercepted(config, "graph.example").kind, sharepoint::HostKind::kGraph);
  EXPECT_EQ(Front::intercepted(config, "graph.microsoft.us").kind, sharepoint::HostKind::kGraph);
  EXPECT_EQ(Front::intercepted(config, "files.example").kind, sharepoint::HostKind::kOther);
}

TEST(Front, IsNamedWithOrWithoutItsUsualPort) {
  const Front front = Front::intercepted(Config{}, "graph.microsoft.com");
  EXPECT_TRUE(names(front, "graph.microsoft.com"));
  EXPECT_TRUE(names(front, "Graph.Microsoft.com:443"));
  EXPECT_FALSE(names(front, "graph.microsoft.com:8443"));
  EXPECT_FALSE(names(front, "graph.microsoft.com.evil.test"));
  EXPECT_FALSE(names(front, ""));
  EXPECT_TRUE(names(Front::graph_door(config_of("kerros.example:8443")), "kerros.example:8443"));
  EXPECT_FALSE(names(Front::graph_door(config_of("kerros.example:8443")), "kerros.example"));
}

}  // namespace
}  // namespace kerros::io
