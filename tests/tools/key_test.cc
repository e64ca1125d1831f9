// kerros key as an operator uses it, without a gateway: exact texts, exit codes, and the store
// untouched by what is refused or only looked at.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <regex>

#include "gateway/transfer/upload_session.h"
#include "tests/tools/made_installation.h"
#include "tests/tools/program.h"

namespace kerros {
namespace {

using nlohmann::json;
using testing_tools::content_of;

class KeyCommand : public testing_tools::MadeInstallation {
 protected:
  testing_tools::Ran run(const std::string& command) {
    return testing_tools::run_in(
        directory_.at("k"),
        "export KERROS_CONFIG=" + directory_.at("k/kerros.toml") + "; " + command);
  }
  json run_json(const std::string& command) {
    const auto ran = run(command + " --json");
    EXPECT_EQ(ran.code, 0) << ran.err;
    return json::parse(ran.out);
  }
  void put_items(unsigned count) {
    const auto installation = open();
    ASSERT_TRUE(installation) << installation.error().detail;
    for (unsigned i = 0; i < count; ++i)
      put_item(**installation, "D", "I" + std::to_string(i), 1000 + i);
  }
  keystore::Id begin_session() {
    const auto installation = open();
    const auto key = (*installation)
                         ->store->make_key({(*installation)->unit, crypto::Suite::kAes256Gcm, 5000},
                                           [](const auto&, const auto&, ByteView) {
                                             return Result<crypto::Commitment>();
                                           });
    keystore::SessionRecord record{
        {7}, key->sealed, 4'102'444'800'000, transfer::encode(transfer::SessionState{})};
    EXPECT_TRUE(wait([&](auto done) { (*installation)->store->put_session(record, done); }));
    return record.session;
  }
  std::string keys() { return content_of(directory_.at("k/store/keys/data.mdb")); }
  std::string state(std::uint32_t version) {
    for (const auto& key : run_json("kerros key list"))
      if (key.at("version") == version) return key.at("state");
    return "none";
  }
};

constexpr const char* kNoBackup =
    "kerros: warning: the new key is in this store alone: back the store up now "
    "(docs/operations.md, 7)\n";

TEST_F(KeyCommand, RotatesAndSaysThatNoBackupHasTheNewKey) {
  const auto ran = run("kerros key rotate main");
  EXPECT_EQ(ran.out, "UNIT  FROM  TO  DONE\nmain  1     2   yes\n");
  EXPECT_EQ(ran.err, kNoBackup);
  EXPECT_EQ(ran.code, 0);
  EXPECT_EQ(state(1), "replaced");
  EXPECT_EQ(state(2), "active");
}

TEST_F(KeyCommand, ChangesNothingInADryRun) {
  put_items(2);
  const auto before = keys();
  const auto ran = run("kerros key rotate --all --dry-run");
  EXPECT_EQ(ran.out, "UNIT  FROM  TO  DONE\nmain  1     2   no\n");
  EXPECT_EQ(ran.err, "");
  EXPECT_EQ(keys(), before);
  ASSERT_EQ(run("kerros key rotate main").code, 0);
  EXPECT_EQ(run("kerros key rewrap main --dry-run").out, "moved: 0\nleft: 2\ndone: no\n");
  EXPECT_EQ(run_json("kerros key usage").at(0).at("records"), 2);
  ASSERT_EQ(run("kerros key rewrap main").code, 0);
  EXPECT_FALSE(run_json("kerros key retire main --dry-run").at(0).at("done").get<bool>());
  EXPECT_EQ(state(1), "replaced");
  ASSERT_EQ(run("kerros key retire main").code, 0);
  EXPECT_FALSE(run_json("kerros key destroy main --dry-run").at(0).at("done").get<bool>());
  EXPECT_EQ(state(1), "retired");
}

TEST_F(KeyCommand, RotatesOnATimerOnlyWhatIsOld) {
  const auto young = run("kerros key rotate --all --older-than 90d");
  EXPECT_EQ(young.code, 0);
  EXPECT_EQ(young.out, "");
  EXPECT_EQ(young.err, "");
  EXPECT_EQ(run("kerros key rotate --all --older-than 1ms").out,
            "UNIT  FROM  TO  DONE\nmain  1     2   yes\n");
}

TEST_F(KeyCommand, CountsWhatStandsUnderEachVersion) {
  put_items(3);
  begin_session();
  ASSERT_EQ(run("kerros key rotate main").code, 0);
  EXPECT_EQ(run("kerros key usage main").out,
            "UNIT  VERSION  STATE     RECORDS  SESSIONS  LAST SESSION ENDS\n"
            "main  1        replaced  3        1         2100-01-01T00:00:00.000Z\n"
            "main  2        active    0        0         -\n");
  const auto shown = run("kerros key show main").out;
  EXPECT_TRUE(std::regex_match(
      shown, std::regex("unit: main\nunit_id: [0-9a-f]{32}\nversion: 1\nkey_id: [0-9a-f]{32}\n"
                        "state: replaced\ncreated: .*Z\nrecords: 3\nsessions: 1\n"
                        "last_session_ends: 2100-01-01T00:00:00.000Z\n\nunit: main\n[^]*")))
      << shown;
}

TEST_F(KeyCommand, MovesEveryRecordAtTheSpeedAskedFor) {
  put_items(5);
  ASSERT_EQ(run("kerros key rotate main").code, 0);
  EXPECT_EQ(run("kerros key rewrap --all --rate 1000").out, "moved: 5\nleft: 0\ndone: yes\n");
  EXPECT_EQ(run("kerros key rewrap main").out, "moved: 0\nleft: 0\ndone: yes\n");
  const auto usage = run_json("kerros key usage");
  EXPECT_EQ(usage.at(0).at("records"), 0);
  EXPECT_EQ(usage.at(1).at("records"), 5);
}

TEST_F(KeyCommand, DestroysWhatIsRetiredWhenTheUnitIsNamed) {
  ASSERT_EQ(run("kerros key rotate main").code, 0);
  EXPECT_EQ(run("kerros key destroy main --yes-destroy main").out, "");  // nothing is retired yet
  ASSERT_EQ(run("kerros key retire --all").code, 0);
  const auto ran = run("kerros key destroy main --yes-destroy main");
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_TRUE(std::regex_match(ran.out, std::regex("UNIT  VERSION  STATE      CREATED +DONE\n"
                                                   "main  1        destroyed  .*Z  yes\n")))
      << ran.out;
  EXPECT_EQ(state(1), "destroyed");
  EXPECT_EQ(state(2), "active");
}

TEST_F(KeyCommand, IsOnRecordWithTheRightUsed) {
  put_items(1);
  for (const auto* command :
       {"kerros key rotate main", "kerros key rewrap main", "kerros key retire main",
        "kerros key destroy main --yes-destroy main"})
    ASSERT_EQ(run(command).code, 0) << command;
  const auto log = run_json("kerros audit tail --purpose test -n 100");
  for (const auto* event : {"key-rotated", "key-rewrapped", "key-retired", "key-destroyed"}) {
    std::vector<std::string> statuses;
    for (const auto& record : log)
      if (record.at("event") == event) {
        statuses.push_back(record.at("status"));
        EXPECT_EQ(record.at("class"), "ADMIN");
        EXPECT_EQ(record.at("right"), "os-user");
        EXPECT_EQ(record.at("source"), "cli");
      }
    if (statuses.front() == "looked at") statuses.erase(statuses.begin());
    EXPECT_EQ(statuses, (std::vector<std::string>{"intent", "done"})) << event;
  }
}

TEST_F(KeyCommand, IsAskedForWhenAVersionIsOverdue) {
  const auto warnings = [&] {
    const auto status = json::parse(run("kerros status --json").out);
    std::string names;
    for (const auto& one : status.at("warnings")) names += one.at("name").get<std::string>() + " ";
    return names;
  };
  EXPECT_EQ(warnings().find("key-rotation-due"), std::string::npos);
  ASSERT_EQ(run("printf '[keys]\\nrotate_after = \"1ms\"\\n' >> kerros.toml").code, 0);
  EXPECT_NE(warnings().find("key-rotation-due"), std::string::npos);
  ASSERT_EQ(run("sed -i 's/^rotate_after.*/rotate_after = \"0s\"/' kerros.toml").code, 0);
  EXPECT_EQ(warnings().find("key-rotation-due"), std::string::npos);
}

TEST_F(KeyCommand, TakesUpARotationThatWasCutShort) {
  {
    const auto installation = open();
    ASSERT_TRUE((*installation)->store->make_version((*installation)->unit, 1000));
  }
  const auto status = json::parse(run("kerros status --json").out);
  EXPECT_NE(status.at("warnings").dump().find("key-pending"), std::string::npos);
  EXPECT_EQ(run("kerros key rotate main").out, "UNIT  FROM  TO  DONE\nmain  1     2   yes\n");
  EXPECT_EQ(run_json("kerros key list").size(), 2u);
}

struct Bad {
  const char* name;
  const char* before;  // shell commands, after one record and one rotation
  const char* command;
  int code;
  const char* error;  // stderr, whole
};

void PrintTo(const Bad& bad, std::ostream* out) { *out << bad.name; }

class BadKeyCommand : public KeyCommand, public testing::WithParamInterface<Bad> {};

TEST_P(BadKeyCommand, EndsWithItsTextAndCodeAndChangesNothing) {
  put_items(1);
  ASSERT_EQ(run("kerros key rotate main").code, 0);
  ASSERT_EQ(run(GetParam().before).code, 0);
  const auto before = keys();
  const auto ran = run(GetParam().command);
  EXPECT_EQ(ran.err, GetParam().error);
  EXPECT_EQ(ran.code, GetParam().code);
  EXPECT_EQ(ran.out, "");
  EXPECT_EQ(keys(), before);
}

const Bad kBad[] = {
    {"RetireWhileRecordsUseIt", "true", "kerros key retire main", 7,
     "kerros: error: version 1 of unit \"main\" is in use\n"
     "kerros: why: 1 records and 0 upload sessions stand under it\n"
     "kerros: hint: `kerros key rewrap main` moves the records\n"},
    {"RetireTheVersionThatSeals", "true", "kerros key retire main --version 2", 7,
     "kerros: error: version 2 of unit \"main\" is active\n"
     "kerros: why: it cannot be retired from there\n"
     "kerros: hint: `kerros key rotate main` puts a newer one in its place\n"},
    {"RetireWhatNeverWas", "true", "kerros key retire main --version 9", 6,
     "kerros: error: there is no version 9\n"
     "kerros: why: no key of that unit ever had this number\n"
     "kerros: hint: `kerros key list` shows them\n"},
    {"DestroyBeforeRetiring", "kerros key rewrap main",
     "kerros key destroy main --version 1 --yes-destroy main", 7,
     "kerros: error: version 1 of unit \"main\" is replaced\n"
     "kerros: why: it cannot be destroyed from there\n"
     "kerros: hint: `kerros key retire main` comes first\n"},
    {"DestroyTwice",
     "kerros key rewrap main; kerros key retire main; kerros key destroy main --yes-destroy main",
     "kerros key destroy main --version 1 --yes-destroy main", 7,
     "kerros: error: version 1 of unit \"main\" is destroyed\n"
     "kerros: why: it cannot be destroyed from there\n"
     "kerros: hint: `kerros key list` shows the states\n"},
    {"DestroyWithAnotherName", "kerros key rewrap main; kerros key retire main",
     "kerros key destroy main --yes-destroy hr", 2,
     "kerros: error: \"hr\" is not the name of the unit\n"
     "kerros: why: nothing was destroyed\n"
     "kerros: hint: `kerros key list` shows the names; they are taken to the letter\n"},
    {"DestroyWithNobodyThere", "kerros key rewrap main; kerros key retire main",
     "kerros key destroy main", 2,
     "kerros: error: nobody is there to type the unit's name back\n"
     "kerros: why: a destroyed key opens nothing for ever\n"
     "kerros: hint: say it with --yes-destroy NAME\n"},
    {"RotateNoUnit", "true", "kerros key rotate", 2,
     "kerros: error: name one unit, or say --all\n"
     "kerros: why: a change of keys is never meant for whatever unit comes first\n"
     "kerros: hint: `kerros key list` shows the units\n"},
    {"RotateOneAndAll", "true", "kerros key rotate main --all", 2,
     "kerros: error: name one unit, or say --all\n"
     "kerros: why: a change of keys is never meant for whatever unit comes first\n"
     "kerros: hint: `kerros key list` shows the units\n"},
    {"RotateAnUnknownUnit", "true", "kerros key rotate hr", 6,
     "kerros: error: no unit is named \"hr\"\n"
     "kerros: why: the store holds no key of that unit\n"
     "kerros: hint: `kerros key list` shows them\n"},
    {"RotateByAnAgeThatIsNone", "true", "kerros key rotate --all --older-than soon", 2,
     "kerros: error: --older-than \"soon\" is no time\n"
     "kerros: why: it is a whole number with its unit\n"
     "kerros: hint: for example: --older-than 90d\n"},
    {"RetireANumberOfAll", "true", "kerros key retire --all --version 1", 2,
     "kerros: error: --version and --all are both given\n"
     "kerros: why: a number means another version in every unit\n"
     "kerros: hint: name the unit\n"},
    {"RewrapAnUnknownUnit", "true", "kerros key rewrap hr", 6,
     "kerros: error: no unit is named \"hr\"\n"
     "kerros: why: the store holds no key of that unit\n"
     "kerros: hint: `kerros key list` shows them\n"},
};

INSTANTIATE_TEST_SUITE_P(Table, BadKeyCommand, testing::ValuesIn(kBad),
                         [](const auto& row) { return row.param.name; });

TEST_F(KeyCommand, WaitsForSessionsThatStandUnderAVersion) {
  begin_session();
  ASSERT_EQ(run("kerros key rotate main").code, 0);
  const auto ran = run("kerros key retire main");
  EXPECT_EQ(ran.err,
            "kerros: error: version 1 of unit \"main\" is in use\n"
            "kerros: why: 1 upload sessions stand under it, the last until "
            "2100-01-01T00:00:00.000Z\n"
            "kerros: hint: they end by themselves; `kerros key usage main` shows when\n");
  EXPECT_EQ(ran.code, 7);
}

}  // namespace
}  // namespace kerros
