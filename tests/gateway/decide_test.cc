#include "gateway/policy/decide.h"

#include <gtest/gtest.h>

namespace kerros::policy {
namespace {

using graph::Operation;

graph::Route route_of(const char* method, std::string target) {
  graph::RequestHead head{graph::method_of(method), method, std::move(target), {}};
  auto route = graph::classify(head);
  EXPECT_TRUE(route) << head.target;
  return route.value_or(graph::Route{});
}

Rules salassa() { return {{{"secret", {}, {"/Salassa/**"}, ""}}, LegacyPlain::kPass}; }
Rules everything() { return {{{"secret", {}, {}, ""}}, LegacyPlain::kPass}; }

Place at(const char* path) { return {"d", "01A", path}; }
constexpr const char* kItem = "/v1.0/drives/d/items/01A";

Decision decided(const Rules& rules, const char* method, const std::string& relation,
                 const Place& place) {
  return decide(rules, route_of(method, kItem + relation), place).decision;
}

TEST(Glob, MatchesTheFolderItselfAndAllBelow) {
  EXPECT_TRUE(glob_matches("/Salassa/**", "/Salassa"));
  EXPECT_TRUE(glob_matches("/Salassa/**", "/Salassa/a.docx"));
  EXPECT_TRUE(glob_matches("/Salassa/**", "/salassa/B/c/d.docx"));
  EXPECT_TRUE(glob_matches("Salassa/**", "/Salassa/x"));
  EXPECT_FALSE(glob_matches("/Salassa/**", "/Salassa2/a"));
  EXPECT_FALSE(glob_matches("/Salassa/**", "/A/Salassa/a"));
  EXPECT_FALSE(glob_matches("/Salassa/**", "/"));
}

TEST(Glob, KnowsStarsAndQuestionMarks) {
  EXPECT_TRUE(glob_matches("/**/*.docx", "/a.DOCX"));
  EXPECT_TRUE(glob_matches("/**/*.docx", "/x/y/a.docx"));
  EXPECT_FALSE(glob_matches("/*.docx", "/x/a.docx"));
  EXPECT_TRUE(glob_matches("/*/HR/**", "/Site/hr"));
  EXPECT_TRUE(glob_matches("/**/HR/**/final/*", "/a/HR/b/c/final/x"));
  EXPECT_FALSE(glob_matches("/**/HR/**/final/*", "/a/HR/b/c/x"));
  EXPECT_TRUE(glob_matches("/t?rve", "/t\xc3\xa4rve"));
  EXPECT_FALSE(glob_matches("/t?rve", "/trve"));
  EXPECT_TRUE(glob_matches("/a*b*c", "/aXXbYYbZc"));
  EXPECT_TRUE(glob_matches("/**", "/"));
}

TEST(Glob, ComparesWithoutCase) {
  EXPECT_TRUE(glob_matches("/PÖYTÄ/**", "/pöytä/x"));
  EXPECT_TRUE(glob_matches("/секрет/**", "/СЕКРЕТ/x"));
}

TEST(Glob, StaysQuickOnManyStars) {
  std::string glob, path;
  for (int i = 0; i < 40; ++i) glob += "/**/*a*a*a*b";
  for (int i = 0; i < 80; ++i) path += "/aaaaaaaaaaaa";
  EXPECT_FALSE(glob_matches(glob, path));
}

TEST(Rules, MatchByDriveAndPathAndInOrder) {
  const Rules rules{{{"first", {"d1"}, {"/A/**"}, ""}, {"second", {}, {"/A/**", "/B"}, ""}}, {}};
  EXPECT_EQ(match(rules, {"d1", "", "/A/x"})->name, "first");
  EXPECT_EQ(match(rules, {"d2", "", "/a/x"})->name, "second");
  EXPECT_EQ(match(rules, {"D1", "", "/b"})->name, "second");
  EXPECT_EQ(match(rules, {"d1", "", "/C"}), nullptr);
}

TEST(Rules, SayWhatTheyNeedToKnow) {
  EXPECT_FALSE(needs_path(everything()));
  EXPECT_FALSE(needs_path({{{"all", {}, {"/**"}, ""}}, {}}));
  EXPECT_TRUE(needs_path(salassa()));
  EXPECT_FALSE(needs_drive(salassa()));
  EXPECT_TRUE(needs_drive({{{"one", {"d"}, {}, ""}}, {}}));
  EXPECT_FALSE(can_decide(salassa(), {"d", "01A", ""}));
  EXPECT_TRUE(can_decide(everything(), {}));
}

TEST(Decide, ProtectsAProtectedPlace) {
  const Place place = at("/Salassa/a.docx");
  EXPECT_EQ(decided(salassa(), "GET", "/content", place), Decision::kOpen);
  EXPECT_EQ(decided(salassa(), "HEAD", "/content", place), Decision::kOpen);
  EXPECT_EQ(decided(salassa(), "PUT", "/content", place), Decision::kSeal);
  EXPECT_EQ(decided(salassa(), "POST", "/createUploadSession", place), Decision::kSeal);
  EXPECT_EQ(decided(salassa(), "GET", "", place), Decision::kRewrite);
  EXPECT_EQ(decided(salassa(), "GET", "/children", place), Decision::kRewrite);
  EXPECT_EQ(decided(salassa(), "PATCH", "", place), Decision::kRewrite);
  EXPECT_EQ(decided(salassa(), "DELETE", "", place), Decision::kPass);
  EXPECT_EQ(decided(salassa(), "GET", "/thumbnails", place), Decision::kRefuse);
  EXPECT_EQ(decided(salassa(), "GET", "/content?format=pdf", place), Decision::kRefuse);
  EXPECT_EQ(decided(salassa(), "GET", "/unheardOf", place), Decision::kRefuse);
}

TEST(Decide, LetsOrdinaryContentPassAndRewritesItsJson) {
  const Place place = at("/Muut/a.docx");
  EXPECT_EQ(decided(salassa(), "GET", "/content", place), Decision::kPass);
  EXPECT_EQ(decided(salassa(), "PUT", "/content", place), Decision::kPass);
  EXPECT_EQ(decided(salassa(), "GET", "", place), Decision::kRewrite);
  EXPECT_EQ(decided(salassa(), "POST", "/createUploadSession", place), Decision::kRewrite);
  EXPECT_EQ(decided(salassa(), "GET", "/thumbnails", place), Decision::kPass);
  EXPECT_EQ(decided(salassa(), "GET", "/unheardOf", place), Decision::kRefuse);
}

TEST(Decide, RefusesAnItemWhosePlaceIsUnknown) {
  EXPECT_EQ(decided(salassa(), "PUT", "/content", {"d", "01A", ""}), Decision::kRefuse);
  EXPECT_EQ(decided({{{"one", {"x"}, {}, ""}}, {}}, "PUT", "/content", {"", "01A", "/a"}),
            Decision::kRefuse);
  EXPECT_EQ(decided(everything(), "PUT", "/content", {}), Decision::kSeal);
}

TEST(Decide, RefusesWhatNamesNoItemAndCouldCarryContent) {
  const auto without_item = [](const char* method, const char* target) {
    return decide(salassa(), route_of(method, target), {}).decision;
  };
  EXPECT_EQ(without_item("POST", "/v1.0/$batch"), Decision::kRewrite);
  EXPECT_EQ(without_item("POST", "/v1.0/search/query"), Decision::kRewrite);
  EXPECT_EQ(without_item("GET", "/v1.0/me"), Decision::kRewrite);
  EXPECT_EQ(without_item("GET", "/v1.0/me/drive/recent"), Decision::kRewrite);
  EXPECT_EQ(without_item("PUT", "/kerros/upload/abc"), Decision::kSeal);
  EXPECT_EQ(without_item("GET", "/kerros/download/abc"), Decision::kOpen);
}

TEST(Decide, SaysWhy) {
  const Verdict verdict =
      decide(salassa(), route_of("GET", std::string(kItem) + "/content"), at("/Salassa/a"));
  ASSERT_NE(verdict.rule, nullptr);
  EXPECT_EQ(verdict.reason, "Rule \"secret\" protects this place: read-content.");
}

TEST(LegacyPlain, IsSaidByTheClassOrByThePolicy) {
  Rules rules = salassa();
  EXPECT_EQ(legacy_plain(rules, at("/Salassa/a")), LegacyPlain::kPass);
  rules.rules.front().legacy_plain = LegacyPlain::kRefuse;
  EXPECT_EQ(legacy_plain(rules, at("/Salassa/a")), LegacyPlain::kRefuse);
  EXPECT_EQ(legacy_plain(rules, at("/Yleinen/a")), LegacyPlain::kPass);
  rules.legacy_plain = LegacyPlain::kRefuse;
  rules.rules.front().legacy_plain = LegacyPlain::kPass;
  EXPECT_EQ(legacy_plain(rules, at("/Salassa/a")), LegacyPlain::kPass);
  EXPECT_EQ(legacy_plain(rules, at("/Yleinen/a")), LegacyPlain::kRefuse);
}

// Protection only rises: whatever passes for a protected item passes for an ordinary one, and no
// row of the table lets content of a protected item through as it is.
TEST(Decide, NeverPassesContentOfProtectedItemsForAnyRow) {
  for (const graph::RouteRow& row : graph::route_table()) {
    graph::Route route;
    route.operation = row.operation;
    route.target.has_item = row.pattern.starts_with("{item}");
    const Verdict verdict = decide(everything(), route, at("/a"));
    const bool content =
        row.operation == Operation::kReadContent || row.operation == Operation::kWriteContent ||
        row.operation == Operation::kCreateSession || row.operation == Operation::kCommitSession ||
        row.operation == Operation::kContentSide || row.operation == Operation::kUnknown;
    if (content) {
      EXPECT_NE(verdict.decision, Decision::kPass) << row.pattern;
      EXPECT_NE(verdict.decision, Decision::kRewrite) << row.pattern;
    }
    const bool says_refused = row.for_protected.starts_with("refused");
    EXPECT_EQ(verdict.decision == Decision::kRefuse, says_refused) << row.pattern;
  }
}

}  // namespace
}  // namespace kerros::policy
