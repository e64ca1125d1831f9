#include "gateway/installation.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "gateway/complaint.h"
#include "gateway/tls/certificate.h"
#include "tests/tools/made_installation.h"

namespace kerros {
namespace {

namespace fs = std::filesystem;
using testing_tools::MadeInstallation;

class InstallationTest : public MadeInstallation {
 protected:
  void copy_store(const std::string& from, const std::string& to) {
    fs::remove_all(to);
    fs::copy(from, to, fs::copy_options::recursive);
  }
  // The store as it was before an item came, put back over the one that knows the item.
  void put_an_older_store_back() {
    copy_store(config_->store.directory, directory_.at("older"));
    {
      auto opened = open();
      ASSERT_TRUE(opened) << opened.error().detail;
      put_item(**opened, "D", "I", 1);
    }
    copy_store(directory_.at("older"), config_->store.directory);
  }
  Error refused() {
    auto opened = open();
    EXPECT_FALSE(opened);
    return opened ? Error{} : opened.error();
  }
};

TEST_F(InstallationTest, IsReadyAsMade) {
  const auto opened = open();
  ASSERT_TRUE(opened) << opened.error().detail;
  EXPECT_EQ((*opened)->origin, "kerros/" + to_hex((*opened)->store->tenant()));
  const auto records = (*opened)->log->read(1, 10);
  ASSERT_TRUE(records);
  ASSERT_EQ(records->size(), 1u);
  EXPECT_EQ(records->front().event, audit::Event::kStoreCreated);
  EXPECT_EQ(records->front().actor, "os:tester");
  EXPECT_EQ(records->front().target, directory_.at("k/store"));
}

TEST_F(InstallationTest, KeepsSecretsToItsOwner) {
  const auto mode = [&](const std::string& name) {
    struct stat status{};
    EXPECT_EQ(::stat(directory_.at("k/" + name).c_str(), &status), 0) << name;
    return status.st_mode & 07777u;
  };
  EXPECT_EQ(mode("secrets"), 0700u);
  EXPECT_EQ(mode("secrets/root.key"), 0400u);
  EXPECT_EQ(mode("secrets/ca.key"), 0400u);
  EXPECT_EQ(mode("tls/server.key"), 0400u);
  EXPECT_EQ(mode("tls/ca.pem"), 0444u);
  EXPECT_EQ(mode("kerros.toml"), 0640u);
  EXPECT_EQ(mode("store") & 077u, 0u);
}

TEST(NewInstallationWithAProxyDoor, HasAnAuthorityForTheInterceptionListAlone) {
  const testing_tools::TemporaryDirectory directory;
  tools::NewInstallation wanted;
  wanted.directory = directory.at("k");
  wanted.graph_listen = wanted.admin_listen = "127.0.0.1:0";
  wanted.proxy_listen = "0.0.0.0:3128";
  wanted.name = "files.example.org:8443";
  wanted.unit = "main";
  wanted.actor = "os:tester";
  const auto made = tools::make_installation(std::move(wanted));
  ASSERT_TRUE(made) << made.error().detail;
  EXPECT_EQ(made->proxy_ca, directory.at("k/tls/proxy-ca.pem"));
  const auto config = load_config(made->config);
  ASSERT_TRUE(config) << config.error().detail;
  EXPECT_EQ(config->proxy.listen, "0.0.0.0:3128");
  EXPECT_EQ(config->proxy.name, "files.example.org:3128");
  const auto authority =
      tls::Certificate::read_authority(config->proxy.certificate, config->proxy.private_key);
  ASSERT_TRUE(authority) << authority.error().detail;
  EXPECT_EQ(authority->only_below(),
            (std::vector<std::string>{"graph.microsoft.com", "sharepoint.com"}));
  EXPECT_TRUE(authority->check_signs(config->proxy.intercept));
  struct stat status{};
  ASSERT_EQ(::stat(config->proxy.private_key.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777u, 0400u);
  ASSERT_EQ(::stat(config->proxy.certificate.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777u, 0444u);
  fs::remove_all(config->store.sessions);
}

TEST_F(InstallationTest, IsOpenedByOneProcessAtATime) {
  const auto first = open();
  ASSERT_TRUE(first);
  EXPECT_EQ(refused().code, ErrorCode::kConflict);
}

TEST_F(InstallationTest, RefusesAnOlderStoreHoweverOftenItIsTried) {
  put_an_older_store_back();
  for (int i = 0; i < 3; ++i) {
    const auto error = refused();
    EXPECT_EQ(error.code, ErrorCode::kNotAuthentic);
    EXPECT_EQ(complaint_of(error).what,
              "the store in " + config_->store.directory + " is not the one last seen here");
  }
}

TEST_F(InstallationTest, OpensAnOlderStoreOnceAnOperatorAcceptedIt) {
  put_an_older_store_back();
  audit::Record reason;
  reason.time_ms = now_ms();
  reason.event = audit::Event::kStoreAccepted;
  reason.actor = "os:tester";
  reason.right = "os-user";
  reason.source = "cli";
  reason.target = "store";
  reason.status = "done";
  ASSERT_TRUE(
      Installation::open_accepting(*config_, std::move(*unseal_method(*config_, -1)), reason));
  const auto opened = open();
  ASSERT_TRUE(opened) << opened.error().detail;
  const auto records = (*opened)->log->read(1, 10);
  ASSERT_TRUE(records);
  EXPECT_EQ(records->back().event, audit::Event::kStoreAccepted);
  EXPECT_EQ(records->back().details.front().first, "log-saw-change");
}

TEST_F(InstallationTest, RefusesALogThatWasRemovedHoweverOftenItIsTried) {
  fs::remove_all(config_->audit.directory);
  for (int i = 0; i < 3; ++i) {
    const auto error = refused();
    EXPECT_EQ(error.code, ErrorCode::kNotAuthentic);
    EXPECT_EQ(complaint_of(error).what,
              "the audit log in " + config_->audit.directory + " is empty");
  }
}

TEST_F(InstallationTest, RefusesAUnitThatTheStoreDoesNotKnow) {
  config_->unit = "hr";
  const auto error = refused();
  EXPECT_EQ(error.code, ErrorCode::kNotFound);
  EXPECT_EQ(complaint_of(error).what, config_->file + ": no unit is named \"hr\"");
}

TEST_F(InstallationTest, TakesTheOnlyUnitWhenNoneIsNamed) {
  config_->unit = "";
  const auto opened = open();
  ASSERT_TRUE(opened) << opened.error().detail;
  EXPECT_EQ((*opened)->unit, (*opened)->store->unit_keys().front().unit);
}

TEST(NewInstallation, LeavesNothingBehindWhenItFails) {
  const testing_tools::TemporaryDirectory directory;
  tools::NewInstallation wanted;
  wanted.directory = directory.at("k");
  wanted.graph_listen = wanted.admin_listen = "127.0.0.1:0";
  wanted.name = "localhost";
  wanted.unit = "main";
  wanted.key_file = directory.at("root.key");
  std::ofstream(wanted.key_file) << "somebody else's";
  wanted.actor = "os:tester";
  EXPECT_FALSE(tools::make_installation(std::move(wanted)));
  std::size_t left = 0;
  for ([[maybe_unused]] const auto& entry : fs::directory_iterator(directory.at(""))) ++left;
  EXPECT_EQ(left, 1u);  // what was there before
}

class PassphraseFrom : public testing::TestWithParam<std::pair<std::string, std::string>> {};

TEST_P(PassphraseFrom, ADescriptorIsOneLine) {
  int ends[2] = {-1, -1};
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const auto& [input, expected] = GetParam();
  ASSERT_EQ(::write(ends[1], input.data(), input.size()), static_cast<ssize_t>(input.size()));
  ::close(ends[1]);
  const auto text = read_passphrase(ends[0]);
  ::close(ends[0]);
  EXPECT_EQ(text ? std::string(as_text(text->reveal())) : "", expected);
}

INSTANTIATE_TEST_SUITE_P(
    Inputs, PassphraseFrom,
    testing::Values(std::pair("correct horse\n", "correct horse"), std::pair("a", "a"),
                    std::pair("first\nsecond\n", "first"), std::pair("", ""), std::pair("\nx", ""),
                    std::pair(std::string(1024, 'x') + "\n", std::string(1024, 'x')),
                    std::pair(std::string(1025, 'x'), "")));

}  // namespace
}  // namespace kerros
