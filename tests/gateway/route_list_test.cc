// The route table against a list of routes that was written without looking at it.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "gateway/policy/decide.h"

namespace kerros::policy {
namespace {

struct Line {
  std::string decision, operation, proves, method, target;
};

// routes.txt: its first lines say how it is written.
std::vector<Line> read_list() {
  std::ifstream file(KERROS_SOURCE_DIR "/tests/gateway/routes.txt");
  std::vector<Line> lines;
  Line line;
  for (std::string text; std::getline(file, text);) {
    if (text.empty() || text.starts_with("#")) continue;
    std::istringstream words(text.starts_with("[") ? text.substr(1, text.size() - 2) : text);
    if (text.starts_with("[")) {
      words >> line.decision >> line.operation >> line.proves;
      continue;
    }
    words >> line.method >> line.target;
    for (const auto& [from, to] : std::map<std::string, std::string>{
             {"{I}", "/v1.0/drives/b!x/items/01A"}, {"{S}", "/v1.0/sites/s"}})
      if (line.target.starts_with(from)) line.target.replace(0, from.size(), to);
    lines.push_back(line);
  }
  return lines;
}

Rules everything() { return {{{"secret", {}, {}, ""}}, LegacyPlain::kPass}; }

graph::Route route_of(const Line& line) {
  graph::RequestHead head{graph::method_of(line.method), line.method, line.target, {}};
  auto route = graph::classify(head);
  EXPECT_TRUE(route) << line.method << " " << line.target;
  return route.value_or(graph::Route{});
}

TEST(RouteList, HasItsDecisionForEveryRouteInAProtectedPlace) {
  const Place place{"b!x", "01A", "/Salassa/a"};
  for (const Line& line : read_list()) {
    const auto route = route_of(line);
    const bool unlisted = line.decision == "unlisted";
    const std::string what = line.method + " " + line.target;
    EXPECT_EQ(graph::name(route.operation), line.operation) << what;
    EXPECT_EQ(route.proves_caller ? "proves" : "-", line.proves) << what;
    EXPECT_EQ(route.pattern.empty(), unlisted) << what << " " << route.pattern;
    EXPECT_EQ(name(decide(everything(), route, place).decision),
              unlisted ? "refuse" : line.decision)
        << what;
  }
}

TEST(RouteList, NamesEveryRowOfTheTable) {
  std::set<std::pair<graph::Method, std::string_view>> reached;
  for (const Line& line : read_list()) {
    const auto route = route_of(line);
    reached.emplace(route.method, route.pattern);
  }
  for (const auto& row : graph::route_table())
    EXPECT_TRUE(reached.contains({row.method, row.pattern}))
        << graph::name(row.method) << " " << row.pattern;
}

TEST(RouteList, SaysRefusedInARowWhereTheDecisionIsToRefuse) {
  for (const Line& line : read_list()) {
    const auto route = route_of(line);
    if (route.for_protected.empty()) continue;
    const bool narrowed = route.operation == graph::Operation::kContentSide &&
                          route.pattern == "{item}/content";  // a conversion
    EXPECT_EQ(route.for_protected.starts_with("refused") || narrowed, line.decision == "refuse")
        << route.pattern << ": " << route.for_protected;
  }
}

}  // namespace
}  // namespace kerros::policy
