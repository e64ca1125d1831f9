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

TEST(MonitorAnswer, LeadsNobodyPastTheGateway) {
  const auto other = [](std::string_view url) {
    return url.ends_with("/bad") ? std::string() : "https://own/" + std::string(url.substr(8, 1));
  };
  EXPECT_EQ(
      rewrite_monitor_answer(
          R"({"percentageComplete":12.50, "resourceLocation":"https://x/1","a":"https:text"})",
          other)
          .value(),
      R"({"percentageComplete":12.50, "resourceLocation":"https://own/x","a":"https:text"})");
  EXPECT_EQ(rewrite_monitor_answer(R"({"u":"https://x/bad","status":"completed"})", other).value(),
            R"({"status":"completed"})");
  EXPECT_EQ(rewrite_monitor_answer(R"({"u":"https:\/\/x\/1","u":"http://y/1"})", other).value(),
            R"({"u":"https://own/x","u":"https://own//"})");
}

TEST(MonitorAnswer, IsAnObject) {
  EXPECT_FALSE(read_monitor_answer("[]"));
  EXPECT_FALSE(read_monitor_answer("<html>"));
  EXPECT_FALSE(rewrite_monitor_answer("\"x\"", [](std::string_view) { return ""; }));
}

}  // namespace
}  // namespace kerros::graph
