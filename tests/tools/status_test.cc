// kerros status: what it warns of, in time; what it counts; and that every word of it has its
// answer.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "gateway/admin/finding.h"
#include "gateway/admin/recent.h"
#include "gateway/tls/certificate.h"
#include "tests/tools/made_installation.h"
#include "tests/tools/program.h"
#include "tools/status_around.h"
#include "tools/status_screen.h"

namespace kerros {
namespace {

using testing_tools::content_of;
using tools::Json;

using std::chrono::days;

constexpr std::uint64_t kHour = 3'600'000;

std::set<std::string> names(const Json& list) {
  std::set<std::string> found;
  for (const auto& one : list) found.insert(one.at("name").get<std::string>());
  return found;
}

// Both ways: no warning without an answer, no answer to what nobody warns of.
TEST(Findings, HaveEachTheirAnswerInTheOperationsPage) {
  std::set<std::string> said;
  for (const auto& row : admin::findings())
    said.insert(std::string(row.problem ? "problem" : "warning") + " `" + std::string(row.name) +
                "`");
  EXPECT_EQ(said.size(), admin::findings().size());
  const auto page = content_of(KERROS_SOURCE_DIR "/docs/operations.md");
  const std::regex row(R"(\n\| ((problem|warning) `[a-z-]+`) \| *\S)");
  std::set<std::string> answered;
  for (std::sregex_iterator at(page.begin(), page.end(), row), end; at != end; ++at)
    answered.insert((*at)[1]);
  EXPECT_EQ(said, answered);
}

TEST(Findings, GoWhereTheTableSaysWithTheirValues) {
  Json status{{"problems", Json::array()}, {"warnings", Json::array()}};
  add_finding(status, admin::Finding::kKeyPending, {"2", "{0}"});
  EXPECT_TRUE(status.at("problems").empty());
  const auto& found = status.at("warnings").at(0);
  EXPECT_EQ(found.at("name"), "key-pending");
  EXPECT_EQ(found.at("values"), Json::array({"2", "{0}"}));
  EXPECT_EQ(
      found.at("what"),
      "version 2 of unit \"{0}\" was made and seals nothing yet: `kerros key rotate {0}` goes on");
  add_finding(status, admin::Finding::kNotRunning, {"k.toml"});
  EXPECT_EQ(names(status.at("problems")), std::set<std::string>{"not-running"});
}

TEST(Findings, KeepBracesThatAreNoPlaceOfAValue) {
  EXPECT_EQ(admin::filled("{0}{1} {2} {x} {", {"a", "b"}), "ab {2} {x} {");
}

class StatusAround : public testing_tools::MadeInstallation {
 protected:
  // The door's certificate as if it had been issued with so little time left.
  void certificate_for(std::chrono::seconds life) {
    for (auto* file : {&config_->graph_door.certificate, &config_->graph_door.private_key})
      std::filesystem::remove(*file);
    const auto authority = tls::Certificate::authority("test");
    const auto server = authority->issue_server({"localhost"}, life);
    ASSERT_TRUE(server->write(config_->graph_door.certificate, config_->graph_door.private_key));
  }
  Json around() {
    Json status{{"gateway", Json()}, {"problems", Json::array()}, {"warnings", Json::array()}};
    tools::look_around(*config_, status);
    return status;
  }
};

TEST_F(StatusAround, SaysWhenTheCertificateEnds) {
  const auto status = around();
  ASSERT_EQ(status.at("certificates").size(), 1u);
  EXPECT_GT(status.at("certificates").at(0).at("days_left"), 700);
  EXPECT_FALSE(names(status.at("warnings")).contains("certificate-ends"));
}

TEST_F(StatusAround, WarnsThirtyDaysBeforeItsEnd) {
  certificate_for(days(31));
  EXPECT_FALSE(names(around().at("warnings")).contains("certificate-ends"));
  certificate_for(days(29));
  const auto status = around();
  EXPECT_EQ(names(status.at("warnings")), std::set<std::string>{"certificate-ends"});
  EXPECT_TRUE(status.at("problems").empty());
}

TEST_F(StatusAround, CallsAnEndedOrMissingCertificateAProblem) {
  certificate_for(std::chrono::seconds(-60));
  EXPECT_EQ(names(around().at("problems")), std::set<std::string>{"certificate-expired"});
  std::filesystem::remove(config_->graph_door.certificate);
  EXPECT_EQ(names(around().at("problems")), std::set<std::string>{"certificate-unusable"});
}

TEST_F(StatusAround, LooksAtTheAuthorityWhenAProxyDoorIsOpen) {
  config_->proxy.listen = "127.0.0.1:0";
  EXPECT_EQ(names(around().at("problems")), std::set<std::string>{"proxy-ca-unusable"});
  const auto authority = tls::Certificate::authority("proxy", {"example.org"});
  ASSERT_TRUE(authority->write(config_->proxy.certificate, config_->proxy.private_key));
  const auto status = around();
  EXPECT_TRUE(status.at("problems").empty()) << status.dump();
  EXPECT_GT(status.at("certificates").at(1).at("days_left"), 3600);
}

TEST_F(StatusAround, WarnsThirtyDaysBeforeTheAuthoritysEnd) {
  config_->proxy.listen = "127.0.0.1:0";
  const auto ending = tls::Certificate::authority("test")->issue_server({"localhost"}, days(29));
  ASSERT_TRUE(ending->write(config_->proxy.certificate, config_->proxy.private_key));
  EXPECT_EQ(names(around().at("warnings")), std::set<std::string>{"proxy-ca-ends"});
}

TEST_F(StatusAround, AsksTheCloudOnlyWhereAGatewayServes) {
  EXPECT_TRUE(around().at("cloud").is_null());
  config_->upstream.connect = {{"graph.microsoft.com", "127.0.0.1", 1}};
  Json status{
      {"gateway", {{"workers", 1}}}, {"problems", Json::array()}, {"warnings", Json::array()}};
  tools::look_around(*config_, status);
  EXPECT_FALSE(status.at("cloud").at("reached").get<bool>());
  EXPECT_TRUE(names(status.at("warnings")).contains("cloud-unreachable"));
}

class RecentRefusals : public testing_tools::MadeInstallation {
 protected:
  static void append(Installation& installation, audit::Event event, const std::string& status,
                     std::uint64_t time) {
    audit::Record record;
    record.time_ms = time;
    record.event = event;
    record.actor = "aino@example.org";
    record.right = "graph-token (claimed)";
    record.source = "127.0.0.1";
    record.target = "drive D item I";
    record.status = status;
    ASSERT_TRUE(installation.log->append_and_wait(record));
  }
};

TEST_F(RecentRefusals, AreCountedByNameForOneDay) {
  const auto installation = open();
  const auto now = now_ms();
  append(**installation, audit::Event::kRefused, "refused: unknown-route", now - 25 * kHour);
  append(**installation, audit::Event::kRefused, "refused: not-allowed", now - 23 * kHour);
  append(**installation, audit::Event::kUploadDone, "refused: not-allowed", now);
  append(**installation, audit::Event::kNotAuthentic, "refused: not-authentic", now);
  const auto recent = admin::recent_refusals(*(*installation)->log, now);
  EXPECT_EQ(recent.at("refused"), (Json{{"not-allowed", 2}}));
  EXPECT_EQ(recent.at("alarms"), (Json{{"not-authentic", 1}}));
  EXPECT_TRUE(recent.at("whole").get<bool>());
}

TEST_F(RecentRefusals, SayWhenThereWereMoreThanIsLookedAt) {
  const auto installation = open();
  const auto now = now_ms();
  for (int i = 0; i < 1001; ++i)
    (*installation)
        ->log->append({now, audit::Event::kRefused, "a", "b", "c", "d", "refused: busy", 0, {}},
                      [](const auto&) {});
  append(**installation, audit::Event::kRefused, "refused: busy", now);
  const auto recent = admin::recent_refusals(*(*installation)->log, now);
  EXPECT_EQ(recent.at("refused").at("busy"), 1000);
  EXPECT_FALSE(recent.at("whole").get<bool>());
}

class StatusCommand : public testing_tools::MadeInstallation {
 protected:
  testing_tools::Ran run(const std::string& command) {
    return testing_tools::run_in(
        directory_.at("k"),
        "export LC_ALL=C KERROS_CONFIG=" + directory_.at("k/kerros.toml") + "; " + command);
  }
};

TEST_F(StatusCommand, TellsAMonitorThatNothingServes) {
  const auto ran = run("kerros status");
  EXPECT_EQ(ran.code, 5);
  EXPECT_TRUE(ran.out.starts_with("kerros        ")) << ran.out;
  EXPECT_NE(ran.out.find(", not ready\ngateway       not running\n"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("\nPROBLEM       not-running: no gateway serves "), std::string::npos)
      << ran.out;
  EXPECT_LT(std::count(ran.out.begin(), ran.out.end(), '\n'), 24) << ran.out;
}

TEST_F(StatusCommand, TakesALinkToTheConfigurationForTheConfiguration) {
  const auto ran =
      run("mkdir ../etc; ln -s ../k/kerros.toml ../etc/kerros.toml; "
          "kerros --config ../etc/kerros.toml status --json");
  const auto status = Json::parse(ran.out);
  EXPECT_EQ(status.at("store").at("directory"), directory_.at("k/store"));
  EXPECT_EQ(names(status.at("problems")), std::set<std::string>{"not-running"});
}

TEST_F(StatusCommand, SpeaksFinnishAndSwedishWhereItIsAskedTo) {
  EXPECT_NE(
      run("kerros status --lang fi").out.find(", ei valmis\nyhdyskäytävä  ei ole käynnissä\n"),
      std::string::npos);
  EXPECT_NE(run("LC_ALL=sv_FI.UTF-8 kerros status").out.find("gateway       körs inte\n"),
            std::string::npos);
  EXPECT_NE(run("LC_ALL=fi_FI.UTF-8 kerros status --lang en").out.find("not running\n"),
            std::string::npos);
  EXPECT_NE(run("LC_ALL=de_DE.UTF-8 kerros status").out.find("not running\n"), std::string::npos);
  const auto english = Json::parse(run("kerros status --json --lang fi").out);
  EXPECT_TRUE(english.at("problems").at(0).at("what").get<std::string>().starts_with("no gateway"));
}

TEST_F(StatusCommand, RefusesALanguageItDoesNotSpeak) {
  const auto ran = run("kerros status --lang de");
  EXPECT_EQ(ran.code, 2);
  EXPECT_EQ(ran.err,
            "kerros: error: --lang \"de\" is not spoken here\n"
            "kerros: why: there are texts in English, Finnish and Swedish\n"
            "kerros: hint: one of them: --lang en, --lang fi, --lang sv\n");
}

// Root would leave files there that the gateway could not open; only root can try this.
TEST_F(StatusCommand, IsRefusedToRootWhereTheStoreIsSomebodyElses) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  const auto before = content_of(directory_.at("k/store/items/data.mdb"));
  const auto ran = run("chown 1 store; kerros item list");
  EXPECT_EQ(ran.code, 7);
  EXPECT_NE(ran.err.find(" -- kerros ..."), std::string::npos) << ran.err;
  EXPECT_EQ(content_of(directory_.at("k/store/items/data.mdb")), before);
}

TEST(StatusScreen, ShowsAGatewayOnOneScreen) {
  const Json status{
      {"version", "1.2.3"},
      {"ready", true},
      {"gateway",
       {{"graph_listen", "192.0.2.1:443"},
        {"backend", "ipsec-mb"},
        {"tls", "openssl"},
        {"workers", 4},
        {"connections", 12},
        {"transfers", 3},
        {"started", "2026-11-21T06:00:00.000Z"},
        {"proxy", {{"listen", "192.0.2.1:3128"}, {"redirect_listen", ""}}}}},
      {"store", {{"items", 7}, {"change", 9}, {"bytes", 81920}, {"room_bytes", 68719476736}}},
      {"audit",
       {{"records", 41},
        {"checkpoint", {{"records", 40}, {"written", "2026-11-21T06:01:00.000Z"}}}}},
      {"cipher", "ipsec-mb"},
      {"keys",
       {{{"unit", "hr"}, {"version", 2}, {"state", "active"}, {"age_days", 12}},
        {{"unit", "hr"}, {"version", 1}, {"state", "replaced"}, {"age_days", 90}}}},
      {"refusals", {{"hours", 24}, {"refused", {{"not-allowed", 3}}}, {"whole", true}}},
      {"certificates",
       {{{"name", "door"}, {"ends", "2028-11-20T06:00:00.000Z"}, {"days_left", 729}}}},
      {"disks", {{{"name", "store"}, {"free_bytes", 55834574848}}}},
      {"cloud", {{"host", "graph.microsoft.com"}, {"reached", true}, {"milliseconds", 32}}},
      {"problems", Json::array()},
      {"warnings", {{{"name", "no-rule"}, {"what", "-"}, {"values", Json::array()}}}}};
  EXPECT_EQ(tools::status_screen(status),
            "kerros        1.2.3, ready\n"
            "gateway       since 2026-11-21T06:00:00.000Z, 4 workers, 12 connections, 3 transfers\n"
            "doors         Graph 192.0.2.1:443, proxy 192.0.2.1:3128\n"
            "cipher        ipsec-mb, TLS by openssl\n"
            "cloud         graph.microsoft.com reached in 32 ms\n"
            "store         7 records, 80.0 KiB of 64.0 GiB, change 9\n"
            "log           41 records, checkpoint at 40, 2026-11-21T06:01:00.000Z\n"
            "key           hr version 2 seals, 12 days old\n"
            "ends          certificate 2028-11-20 (729 days)\n"
            "free          store 52.0 GiB\n"
            "refused       not-allowed 3 in 24 hours\n"
            "warning       no-rule: no policy rule: nothing is sealed\n");
}

}  // namespace
}  // namespace kerros
