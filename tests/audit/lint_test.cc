// Lint: what a sound record is, and a fault of each kind.
#include "gateway/audit/lint.h"

#include <gtest/gtest.h>

#include "tests/audit/audit_fixture.h"

namespace kerros::audit {
namespace {

using testing::kNoon;

Record intent() {
  return {kNoon,
          Event::kUploadIntent,
          "ada@x",
          "graph-token (claimed)",
          "192.0.2.7",
          "drive b!d path /Salassa/plan.docx",
          "intent",
          0,
          {{"request", "1"}, {"key", "0a"}, {"class", "secret"}}};
}
Record outcome(std::uint64_t of) {
  return {kNoon,          Event::kUploadDone, "ada@x", "graph-token (proven)",
          "192.0.2.7",    "drive b!d item I", "done",  of,
          {{"key", "0a"}}};
}
std::vector<Finding> lint(const std::vector<Record>& records) {
  Lint lint;
  std::uint64_t position = 0;
  for (const Record& record : records) lint.look(++position, record);
  return lint.findings();
}

TEST(Lint, FindsNothingInWhatIsSound) {
  EXPECT_TRUE(lint({intent(), outcome(1), intent(), outcome(3)}).empty());
}

struct Fault {
  const char* name;
  void (*plant)(std::vector<Record>&);
  const char* field;
};
class LintFinds : public ::testing::TestWithParam<Fault> {};

TEST_P(LintFinds, TheFault) {
  std::vector<Record> records = {intent(), outcome(1)};
  GetParam().plant(records);
  const auto findings = lint(records);
  ASSERT_FALSE(findings.empty());
  EXPECT_EQ(findings.front().field, GetParam().field);
  for (const Finding& finding : findings) {
    EXPECT_FALSE(finding.rule.empty());
    for (const std::string_view secret : {"eyJ0", "tempauth", "Nn9k"})
      EXPECT_EQ(finding.rule.find(secret), std::string::npos) << "it repeats what it found";
  }
}

using Records = std::vector<Record>;
INSTANTIATE_TEST_SUITE_P(
    OfEachKind, LintFinds,
    ::testing::Values(
        Fault{"NoTime", [](Records& r) { r[0].time_ms = 0; }, "record"},
        Fault{"NoActor", [](Records& r) { r[0].actor.clear(); }, "record"},
        Fault{"NoTarget", [](Records& r) { r[0].target = "-"; }, "target"},
        Fault{"StatusOfAnotherEvent", [](Records& r) { r[1].status = "passed"; }, "status"},
        Fault{"NoKey", [](Records& r) { r[0].details.erase(r[0].details.begin() + 1); }, "key"},
        Fault{"NoIntent", [](Records& r) { r[1].intent = 0; }, "intent"},
        Fault{"IntentAhead", [](Records& r) { r[1].intent = 2; }, "intent"},
        Fault{"IntentOfAnotherEvent", [](Records& r) { r[0].event = Event::kReadIntent; },
              "intent"},
        Fault{"TwoOutcomes", [](Records& r) { r.push_back(outcome(1)); }, "intent"},
        Fault{"Token",
              [](Records& r) {
                r[1].details.emplace_back("why", "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJh.c2ln");
              },
              "why"},
        Fault{"Bearer",
              [](Records& r) { r[1].status = "failed: Bearer abcdefghijklmnopqrstuvwxyz012345"; },
              "status"},
        Fault{"PreAuthenticatedAddress",
              [](Records& r) {
                r[1].details.emplace_back("url", "https://x.example/f?tempauth=v1.abcdefgh");
              },
              "url"},
        Fault{"OwnAddress",
              [](Records& r) {
                r[0].target = "/kerros/download/" + std::string(20, 'a') + std::string(30, 'B');
              },
              "target"},
        Fault{"KeyInHex",
              [](Records& r) {
                r[1].details.emplace_back("note", std::string(32, 'a') + std::string(32, '7'));
              },
              "note"},
        Fault{"KeyInBase64",
              [](Records& r) {
                r[1].details.emplace_back("note", "q83vASNFZ4mrze8BI0VniavN7wEjRWeJq83vNn9kLmA=");
              },
              "note"},
        Fault{"Pem", [](Records& r) { r[1].source = "-----BEGIN PRIVATE KEY-----"; }, "source"},
        Fault{"Content", [](Records& r) { r[0].target = as_field(std::string(40, '\x81')); },
              "target"}),
    [](const auto& fault) { return std::string(fault.param.name); });

TEST(Lint, LetsNamesBeNames) {
  for (const char* text :
       {"drive b!9Zk3Q0bVnUa1rX7cYdEfGhIjKlMnOpQrStUvWxYz0123456789abcdefABCDEF item 01ABC",
        "/Salassa/The bearer of news.docx", "/Salassa/Basic training.docx", "/a/signature=1.docx",
        "sha256 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "/v1/items?drive=b%21x", "0193f2c46d1e8a0b5c7d9e0f1a2b3c4d",
        "/Salassa/"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1A"})
    EXPECT_EQ(secret_in(text), "") << text;
}

TEST(Lint, SeesAGap) {
  Lint lint;
  lint.look(7, intent());
  lint.look(9, outcome(7));
  ASSERT_EQ(lint.findings().size(), 1U);
  EXPECT_EQ(lint.findings().front().field, "position");
}

}  // namespace
}  // namespace kerros::audit
