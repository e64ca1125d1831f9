#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "crypto/hkdf.h"
#include "gateway/admin/operations.h"
#include "tests/tools/made_installation.h"

namespace kerros {
namespace {

using nlohmann::json;

class Admin : public testing_tools::MadeInstallation {
 protected:
  void SetUp() override {
    MadeInstallation::SetUp();
    auto opened = open();
    ASSERT_TRUE(opened) << opened.error().detail;
    installation_ = std::move(*opened);
  }
  void TearDown() override {
    installation_.reset();
    MadeInstallation::TearDown();
  }

  json ask(const std::string& target, unsigned status = 200) {
    const auto request = admin::parse_request("GET", target);
    EXPECT_TRUE(request) << target;
    const auto answer =
        admin::answer(*request, {"os:tester", "cli"}, *config_, *installation_, nullptr);
    EXPECT_EQ(answer.status, status) << answer.json;
    return json::parse(answer.json);
  }
  json order(const std::string& target, unsigned status = 200) {
    const auto request = admin::parse_request("POST", target);
    EXPECT_TRUE(request) << target;
    const auto answer =
        admin::answer(*request, {"os:tester", "cli"}, *config_, *installation_, nullptr);
    EXPECT_EQ(answer.status, status) << answer.json;
    return json::parse(answer.json);
  }
  audit::Record newest_record() const {
    const auto& log = *installation_->log;
    return log.read(log.size(), 1)->front();
  }

  std::unique_ptr<Installation> installation_;
};

TEST_F(Admin, ListsItemsWithWhatAnAuditorNeeds) {
  const auto record = put_item(*installation_, "D", "I", 1'000'000);
  const auto items = ask("/v1/items").at("items");
  ASSERT_EQ(items.size(), 1u);
  const auto& item = items.at(0);
  EXPECT_EQ(item.at("drive_id"), "D");
  EXPECT_EQ(item.at("item_id"), "I");
  EXPECT_EQ(item.at("name"), "I.docx");
  EXPECT_EQ(item.at("unit"), "main");
  EXPECT_EQ(item.at("key_version"), 1);
  EXPECT_EQ(item.at("plain_size"), 5);
  EXPECT_EQ(item.at("sealed_size"), 533);
  EXPECT_EQ(item.at("created"), "1970-01-01T00:16:40.000Z");
  EXPECT_EQ(item.at("created_by"), "aino@example.org");
  EXPECT_EQ(item.at("state"), "bound");
  EXPECT_EQ(item.at("key_id"), to_hex(record.sealed.key));
}

TEST_F(Admin, PagesThroughItemsOnceEach) {
  for (std::uint64_t i = 0; i < 7; ++i)
    put_item(*installation_, "D", "I" + std::to_string(i), 1000 + i);
  std::vector<std::string> seen;
  std::string target = "/v1/items?limit=3";
  while (true) {
    const auto page = ask(target);
    EXPECT_LE(page.at("items").size(), 3u);
    for (const auto& item : page.at("items")) seen.push_back(item.at("item_id"));
    if (page.at("next").is_null()) break;
    target = "/v1/items?limit=3&after=" + page.at("next").get<std::string>();
  }
  EXPECT_EQ(seen, (std::vector<std::string>{"I0", "I1", "I2", "I3", "I4", "I5", "I6"}));
}

TEST_F(Admin, FiltersByDriveAndState) {
  put_item(*installation_, "D", "I", 1000);
  put_item(*installation_, "D", "I", 2000);
  put_item(*installation_, "E", "J", 3000);
  EXPECT_EQ(ask("/v1/items?drive=E").at("items").size(), 1u);
  EXPECT_EQ(ask("/v1/items?state=superseded").at("items").size(), 1u);
  EXPECT_EQ(ask("/v1/items?state=bound").at("items").size(), 2u);
  EXPECT_EQ(ask("/v1/items?state=gone", 400).at("error").at("what"),
            "no item is ever in the state \"gone\"");
}

TEST_F(Admin, ShowsTheVersionsOfAnItemNewestFirst) {
  put_item(*installation_, "D", "I", 1000);
  const auto newest = put_item(*installation_, "D", "I", 2000);
  for (const auto* target : {"/v1/items/show?item=I", "/v1/items/show?item=I&drive=D"}) {
    const auto versions = ask(target).at("versions");
    ASSERT_EQ(versions.size(), 2u) << target;
    EXPECT_EQ(versions.at(0).at("key_id"), to_hex(newest.sealed.key));
    EXPECT_EQ(versions.at(1).at("state"), "superseded");
  }
  EXPECT_EQ(ask("/v1/items/show?item=" + to_hex(newest.sealed.key)).at("versions").size(), 1u);
  EXPECT_EQ(ask("/v1/items/show?item=nobody", 404).at("error").at("code"), "not-found");
}

class Accepting : public Admin {
 protected:
  json accept(const std::string& item, unsigned status = 200, const std::string& more = "") {
    const auto request = admin::parse_request(
        "POST", "/v1/items/accept?drive=D&item=" + item + "&reason=told" + more);
    const auto answer =
        admin::answer(*request, {"os:tester", "cli"}, *config_, *installation_, nullptr);
    EXPECT_EQ(answer.status, status) << answer.json;
    return json::parse(answer.json);
  }
  json accept_key(const std::string& item, const std::string& key, unsigned status = 200) {
    return accept(item, status, "&key=" + key);
  }
  void refuse(const std::string& item, const keystore::Id& key) {
    keystore::Intent seen;
    seen.kind = keystore::IntentKind::kSeen;
    seen.key = seen.record = key;
    seen.drive_id = "D";
    seen.item_id = item;
    seen.created = now_ms();
    seen.expires = seen.created + 100'000;
    EXPECT_TRUE(wait([&](auto done) { installation_->store->put_seen(seen, done); }));
  }
  std::string state(const keystore::Id& key) {
    return keystore::name(installation_->store->find(key)->state);
  }
};

TEST_F(Accepting, MakesTheOlderVersionTheCurrentOne) {
  const auto older = put_item(*installation_, "D", "I", 1000).sealed.key;
  const auto newer = put_item(*installation_, "D", "I", 2000).sealed.key;
  refuse("I", older);
  const auto looked = accept("I", 200, "&dry-run=true");
  EXPECT_EQ(looked.at("accepts"), "rollback");
  EXPECT_FALSE(looked.at("done").get<bool>());
  EXPECT_EQ(newest_record().status, "looked at");
  EXPECT_EQ(state(older), "superseded");
  EXPECT_EQ(looked.at("key"), to_hex(older));
  EXPECT_TRUE(accept_key("I", to_hex(older)).at("done").get<bool>());
  EXPECT_EQ(state(older), "bound");
  EXPECT_EQ(state(newer), "superseded");
  EXPECT_EQ(newest_record().event, audit::Event::kItemAccepted);
  EXPECT_EQ(newest_record().status, "done");
  EXPECT_NE(newest_record().intent, 0u);
  accept("I", 404);
}

TEST_F(Accepting, TellsCopiesAndPlainBytesApart) {
  const auto key = put_item(*installation_, "D", "I", 1000).sealed.key;
  refuse("J", key);
  EXPECT_EQ(accept_key("J", to_hex(key)).at("accepts"), "foreign-copy");
  refuse("I", {});
  const auto plain = accept_key("I", "plain");
  EXPECT_EQ(plain.at("accepts"), "plain");
  EXPECT_TRUE(plain.at("key_id").is_null());
  EXPECT_EQ(state(key), "superseded");
}

TEST_F(Accepting, LetsASuspectVersionBeReadAgain) {
  const auto key = put_item(*installation_, "D", "I", 1000).sealed.key;
  accept("I", 404);
  EXPECT_TRUE(wait([&](auto done) {
    installation_->store->set_state(key, keystore::ItemState::kBound, keystore::ItemState::kSuspect,
                                    done);
  }));
  EXPECT_EQ(accept_key("I", to_hex(key)).at("accepts"), "suspect");
  EXPECT_EQ(state(key), "unverified");
}

// Between the look and the order the cloud served something else to any reader.
TEST_F(Accepting, IsOfWhatThePersonLookedAt) {
  const auto key = put_item(*installation_, "D", "I", 1000).sealed.key;
  refuse("J", key);
  EXPECT_EQ(accept("J", 200, "&dry-run=true").at("key"), to_hex(key));
  refuse("J", {});
  EXPECT_EQ(accept_key("J", to_hex(key), 409).at("error").at("code"), "conflict");
  EXPECT_EQ(accept("J", 400).at("error").at("code"), "malformed") << "nothing is named";
  EXPECT_EQ(accept("J", 200, "&dry-run=true").at("key"), "plain");
  EXPECT_EQ(state(key), "bound");
}

// The version that differs is not made plain by what was refused long before it was written.
TEST_F(Accepting, PrefersNothingThatIsOlderThanThePresentVersion) {
  put_item(*installation_, "D", "I", 1000);
  refuse("I", {});
  const auto key = put_item(*installation_, "D", "I", now_ms() + 1000).sealed.key;
  EXPECT_TRUE(wait([&](auto done) {
    installation_->store->set_state(key, keystore::ItemState::kBound, keystore::ItemState::kSuspect,
                                    done);
  }));
  EXPECT_EQ(accept("I", 200, "&dry-run=true").at("accepts"), "suspect");
}

TEST_F(Accepting, AsksForAReasonAndIsNoReading) {
  ask("/v1/items/accept?drive=D&item=I&reason=x", 400);
  const auto request = admin::parse_request("POST", "/v1/items/accept?drive=D&item=I");
  EXPECT_EQ(admin::answer(*request, {"os:tester", "cli"}, *config_, *installation_, nullptr).status,
            400u);
}

TEST_F(Admin, ListsKeysWithoutKeys) {
  const auto keys = ask("/v1/keys").at("keys");
  ASSERT_EQ(keys.size(), 1u);
  EXPECT_EQ(keys.at(0).at("unit"), "main");
  EXPECT_EQ(keys.at(0).at("version"), 1);
  EXPECT_EQ(keys.at(0).at("state"), "active");
  EXPECT_EQ(keys.at(0).size(), 6u);
}

TEST_F(Admin, SaysItIsNotReadyWithoutAGateway) {
  const auto status = ask("/v1/status");
  EXPECT_FALSE(status.at("ready").get<bool>());
  EXPECT_TRUE(status.at("gateway").is_null());
  EXPECT_EQ(status.at("problems").size(), 0u);
  EXPECT_EQ(status.at("store").at("items"), 0);
}

TEST_F(Admin, SaysItIsReadyWithOne) {
  const auto request = admin::parse_request("GET", "/v1/status");
  const admin::Running running{"127.0.0.1:8443", "openssl", 3, 2, 1000, {}, 4, "openssl"};
  const auto answer =
      admin::answer(*request, {"os:tester", "admin-socket"}, *config_, *installation_, &running);
  const auto status = json::parse(answer.json);
  EXPECT_TRUE(status.at("ready").get<bool>());
  EXPECT_EQ(status.at("gateway").at("connections"), 3);
}

TEST_F(Admin, RecordsWhoReadWhat) {
  ask("/v1/items?drive=b%21x");
  EXPECT_EQ(newest_record().event, audit::Event::kRegisterRead);
  EXPECT_EQ(newest_record().actor, "os:tester");
  EXPECT_EQ(newest_record().target, "/v1/items?drive=b%21x");
  ask("/v1/audit?last=1&purpose=review&case=17&actor=os%3Atester");
  EXPECT_EQ(newest_record().event, audit::Event::kLogRead);
  const auto read = json::parse(audit::to_json(newest_record())).at("details");
  EXPECT_EQ(read.at("purpose"), "review");
  EXPECT_EQ(read.at("case"), "17");
  EXPECT_EQ(read.at("asked actor"), "os:tester");
  EXPECT_EQ(read.at("records"), "1");
  EXPECT_EQ(read.at("first"), "2");
}

TEST_F(Admin, ShowsTheEndOfTheLogAsItWasWhenAsked) {
  ask("/v1/keys");
  const auto page = ask("/v1/audit?last=1&purpose=review");
  ASSERT_EQ(page.at("records").size(), 1u);
  EXPECT_EQ(page.at("records").at(0).at("event"), "register-read");
  EXPECT_EQ(page.at("size"), 2);
  const auto first = ask("/v1/audit?from=1&limit=1&purpose=review");
  EXPECT_EQ(first.at("records").at(0).at("event"), "store-created");
  EXPECT_EQ(first.at("records").at(0).at("position"), 1);
  EXPECT_EQ(first.at("next"), 2);
  const auto last = ask("/v1/audit?from=1000&purpose=review");
  EXPECT_EQ(last.at("records").size(), 0u);
  EXPECT_TRUE(last.at("next").is_null());
}

// Whoever was shown something can be shown to have been shown just that.
TEST_F(Admin, RecordsAHashOfWhatItShowed) {
  ask("/v1/keys");
  const auto request = admin::parse_request("GET", "/v1/audit?purpose=review&proof=yes");
  const auto answer =
      admin::answer(*request, {"os:tester", "cli"}, *config_, *installation_, nullptr);
  std::string lines;
  const auto page = nlohmann::ordered_json::parse(answer.json);
  for (const auto& record : page.at("records")) lines += record.dump() + "\n";
  EXPECT_NE(lines.find(R"("proof":{"salt":)"), std::string::npos);
  const auto details = json::parse(audit::to_json(newest_record())).at("details");
  EXPECT_EQ(details.at("records"), "2");
  EXPECT_EQ(details.at("sha256"), to_hex(crypto::sha256(as_bytes(lines))));
}

TEST_F(Admin, AddsAWordToARecordAndChangesNone) {
  const auto before = installation_->log->read(1, 1)->front();
  const auto made = order("/v1/audit/notes?record=1&note=contested");
  EXPECT_EQ(made.at("record"), 1);
  EXPECT_EQ(newest_record().event, audit::Event::kLogAnnotated);
  EXPECT_EQ(newest_record().target, "record 1");
  EXPECT_EQ(installation_->log->read(1, 1)->front(), before);
  order("/v1/audit/notes?record=1", 400);
  order("/v1/audit/notes?record=99&note=x", 400);
}

TEST_F(Admin, HoldsRecordsForACaseAndReleasesThem) {
  ask("/v1/keys");
  const auto held = order("/v1/audit/hold?case=c-7&reason=notice&event=register-read");
  EXPECT_EQ(held.at("records"), 1);
  EXPECT_EQ(newest_record().event, audit::Event::kLogHeld);
  EXPECT_EQ(newest_record().status, "done");
  EXPECT_EQ(ask("/v1/audit/cases").at("cases").at(0).at("asks").at("event"), "register-read");
  EXPECT_EQ(ask("/v1/audit?purpose=notice&held=c-7").at("records").size(), 1u);
  EXPECT_EQ(ask("/v1/audit/verify").at("held"), 1);
  order("/v1/audit/hold?case=c-7&reason=again", 409);
  order("/v1/audit/hold?case=..%2Fc&reason=x", 400);
  order("/v1/audit/hold?case=d", 400);
  EXPECT_EQ(order("/v1/audit/release?case=c-7&reason=closed").at("released"), 1);
  EXPECT_EQ(newest_record().event, audit::Event::kLogReleased);
  order("/v1/audit/release?case=c-7&reason=closed", 404);
  ask("/v1/audit?purpose=notice&held=c-7", 404);
}

TEST_F(Admin, LintsTheLogThatItWritesItself) {
  ask("/v1/keys");
  ask("/v1/audit?purpose=review");
  order("/v1/audit/notes?record=1&note=contested");
  order("/v1/audit/hold?case=c&reason=notice");
  order("/v1/audit/release?case=c&reason=closed");
  const auto clean = ask("/v1/audit/lint");
  EXPECT_EQ(clean.at("faults"), 0) << clean;
  EXPECT_EQ(clean.at("records"), installation_->log->size());
  EXPECT_TRUE(clean.at("next").is_null());
  ask("/v1/items?drive=" + std::string(90, 'a') + "aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0");
  EXPECT_EQ(ask("/v1/audit/lint").at("findings").at(0).at("field"), "target");
}

TEST_F(Admin, VerifiesTheLog) {
  ask("/v1/keys");
  const auto result = ask("/v1/audit/verify");
  EXPECT_EQ(result.at("records"), 2);
  EXPECT_EQ(result.at("unsigned_records"), 0);
}

struct Unknown {
  const char* method;
  const char* target;
  const char* why;
};
class AdminRefuses : public Admin, public testing::WithParamInterface<Unknown> {};

TEST_P(AdminRefuses, WhatItDoesNotKnow) {
  const auto request = admin::parse_request(GetParam().method, GetParam().target);
  ASSERT_TRUE(request);
  const auto answer =
      admin::answer(*request, {"os:tester", "cli"}, *config_, *installation_, nullptr);
  EXPECT_EQ(answer.status, 400u);
  EXPECT_EQ(json::parse(answer.json).at("error").at("why"), GetParam().why);
  EXPECT_EQ(installation_->log->size(), 1u);  // nothing was read
}

INSTANTIATE_TEST_SUITE_P(
    Requests, AdminRefuses,
    testing::Values(Unknown{"GET", "/v1/secrets", "no such path: /v1/secrets"},
                    Unknown{"POST", "/v1/items", "no such method: POST"},
                    Unknown{"GET", "/v1/keys?drive=x", "no such option: drive"},
                    Unknown{"GET", "/v1/audit?last=1",
                            "records are personal data, and who reads them says what for"},
                    Unknown{"GET", "/v1/audit?purpose=x&since=monday",
                            "since is \"monday\", not a day or a time such as "
                            "2026-11-21T21:48:16Z"},
                    Unknown{"GET", "/v1/items?limit=1001", "it must be a whole number up to 1000"},
                    Unknown{"GET", "/v1/items?after=xyz",
                            "it must be a key id: 32 hexadecimal digits"}));

TEST(AdminRequest, SurvivesTheWayThroughATarget) {
  admin::Request request{"GET", "/v1/items", {{"drive", "b!x y&z=%?\xc3\xa4"}, {"state", ""}}};
  const auto back = admin::parse_request("GET", admin::to_target(request));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->path, request.path);
  EXPECT_EQ(back->query, request.query);
}

TEST(AdminRequest, IsRefusedWhenItCannotBeUnderstood) {
  for (const auto* target : {"/v1/items?x", "/v1/items?x=%", "/v1/items?x=%2", "/v1/items?x=%zz",
                             "/v1/items?a=1&a=2", "/v1/items?%=1"})
    EXPECT_FALSE(admin::parse_request("GET", target)) << target;
}

TEST(AdminError, SurvivesTheWayThroughAnAnswer) {
  const auto error = complain(ErrorCode::kConflict, "what \"it\" is", "why", "hint").value();
  const auto back = admin::error_of(admin::error_answer(error));
  EXPECT_EQ(back.code, error.code);
  EXPECT_EQ(back.detail, error.detail);
  EXPECT_EQ(admin::error_of({502, "<html>"}).code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace kerros
