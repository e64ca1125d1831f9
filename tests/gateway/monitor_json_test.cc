#include "gateway/graph/monitor_json.h"

#include <gtest/gtest.h>

namespace kerros::graph {
namespace {

TEST(MonitorAnswer, TellsHowFarTheCopyIsAndWhatItMade) {
  const auto done = read_monitor_answer(R"({"status":"completed","resourceId":"01B"})");
  ASSERT_TRUE(done);
  EXPECT_TRUE(done->completed());
  EXPECT_EQ(done->resource_id, "01B");
  EXPECT_FALSE(read_monitor_answer(R"({"status":"inProgress"})")->completed());
}

std::string other_url(std::string_view url) {
  return url.ends_with("/bad") ? std::string() : "https://own/" + std::string(url.substr(8, 1));
}

std::string rewritten(std::string_view json) {
  return rewrite_monitor_answer(json, other_url).value();
}

TEST(MonitorAnswer, LeadsNobodyPastTheGateway) {
  EXPECT_EQ(
      rewritten(
          R"({"percentageComplete":12.50, "resourceLocation":"https://x/1","status":"https:"})"),
      R"({"percentageComplete":12.50, "resourceLocation":"https://own/x","status":"https:"})");
  EXPECT_EQ(rewritten(R"({"resourceLocation":"https://x/bad","status":"completed"})"),
            R"({"status":"completed"})");
  EXPECT_EQ(rewritten(R"({"id":"https:\/\/x\/1","id":"HTTPS://y/1"})"),
            R"({"id":"https://own/x","id":"https://own/y"})");
  EXPECT_EQ(rewritten(R"({"statusDescription":" see https://x/bad","resourceLocation":"//x/bad"})"),
            "{}");
}

TEST(MonitorAnswer, HoldsOnlyWhatItsMembersAreKnownToHold) {
  EXPECT_EQ(rewritten(R"({"status":"completed","resource":{"@microsoft.graph.downloadUrl":)"
                      R"("https://x/1","size":533},"resourceId":"01B","links":["https://x/1"]})"),
            R"({"status":"completed","resourceId":"01B"})");
  EXPECT_EQ(rewritten(R"({"resourceId":{"size":533},"operation":["https://x/1"],"id":7})"),
            R"({"id":7})");
  EXPECT_EQ(rewritten(R"({"error":{"code":"nameAlreadyExists","message":"taken","details":)"
                      R"([{"target":"https://x/1"}],"innererror":{"url":"https://x/1"}}})"),
            R"({"error":{"code":"nameAlreadyExists","message":"taken"}})");
  EXPECT_EQ(rewritten(R"({"error":{"message":"at https://x/bad","error":{"code":"x"}}})"),
            R"({"error":{}})");
}

TEST(MonitorAnswer, IsAnObject) {
  EXPECT_FALSE(read_monitor_answer("[]"));
  EXPECT_FALSE(read_monitor_answer("<html>"));
  EXPECT_FALSE(rewrite_monitor_answer("\"x\"", [](std::string_view) { return ""; }));
}

}  // namespace
}  // namespace kerros::graph
