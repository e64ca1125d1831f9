#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "gateway/proxy/connect.h"
#include "tests/tools/made_installation.h"
#include "tools/doctor_report.h"
#include "tools/proxy_authority.h"

namespace kerros::tools {
namespace {

// Answers every connection on loopback with one text, until it is gone.
class OneAnswer {
 public:
  explicit OneAnswer(std::string answer) : answer_(std::move(answer)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(listener_, 16), 0);
    EXPECT_EQ(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~OneAnswer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  OneAnswer(const OneAnswer&) = delete;
  OneAnswer& operator=(const OneAnswer&) = delete;

  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  void serve() const {
    for (int fd; (fd = ::accept(listener_, nullptr, nullptr)) >= 0; ::close(fd)) {
      char request[4096];
      if (::recv(fd, request, sizeof request, 0) > 0)
        ::send(fd, answer_.data(), answer_.size(), MSG_NOSIGNAL);
    }
  }

  std::string answer_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

std::string ok_answer(const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

struct Found {
  std::string result, what;
};
Found found(const Report& report, const std::string& name) {
  const auto json = report.json();
  for (const auto& check : json.at("checks"))
    if (check.at("name") == name) return {check.at("result"), check.at("what")};
  return {};
}

class Doctor : public testing_tools::MadeInstallation {
 protected:
  void SetUp() override {
    MadeInstallation::SetUp();
    std::signal(SIGPIPE, SIG_IGN);  // as the command does
    config_->graph_door.listen = "127.0.0.1:0";
    config_->proxy.name = "proxy.example.org:3128";
  }
  Report doors(const std::string& listen, Gateway::Runs runs) {
    config_->proxy.listen = listen;
    Report report;
    check_doors(*config_, {runs, ""}, report);
    return report;
  }
  std::string pac() const { return proxy::pac_file(config_->proxy.intercept, config_->proxy.name); }
};

TEST_F(Doctor, ReadsThePacFile) {
  const OneAnswer door(ok_answer(pac()));
  const auto said = found(doors(door.address(), Gateway::Runs::kYes), "pac-file");
  EXPECT_EQ(said.result, "ok");
  EXPECT_EQ(said.what,
            "http://proxy.example.org:3128/proxy.pac: graph.microsoft.com -> PROXY "
            "proxy.example.org:3128; www.example.org -> DIRECT");
}

TEST_F(Doctor, SeesAPacFileOfAnotherConfiguration) {
  const OneAnswer door(ok_answer(pac() + "\n"));
  const auto report = doors(door.address(), Gateway::Runs::kYes);
  EXPECT_EQ(found(report, "pac-file").result, "FAIL");
  EXPECT_TRUE(report.failed());
}

TEST_F(Doctor, SeesThatAConnectionIsNotIntercepted) {
  const OneAnswer refusing("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
  config_->proxy.certificate = config_->graph_door.certificate;
  const auto report = doors(refusing.address(), Gateway::Runs::kYes);
  EXPECT_EQ(found(report, "interception").result, "FAIL");
  EXPECT_EQ(found(report, "interception").what,
            "graph.microsoft.com through the proxy: CONNECT is answered with 403");
  const OneAnswer asking("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
  EXPECT_EQ(found(doors(asking.address(), Gateway::Runs::kYes), "interception").result, "ok");
  const OneAnswer not_tls("HTTP/1.1 200 OK\r\n\r\n220 mail.example.org ESMTP\r\n");
  EXPECT_EQ(found(doors(not_tls.address(), Gateway::Runs::kYes), "interception").result, "FAIL");
}

TEST_F(Doctor, SeesAnotherProgramWhereTheDoorShallBe) {
  const OneAnswer other(ok_answer(""));
  EXPECT_EQ(found(doors(other.address(), Gateway::Runs::kNo), "proxy-door").what,
            "another program answers at " + other.address());
}

TEST_F(Doctor, SeesThatNothingAnswers) {
  const auto report = doors("127.0.0.1:1", Gateway::Runs::kYes);
  EXPECT_EQ(found(report, "proxy-door").what, "nothing answers at 127.0.0.1:1");
  EXPECT_EQ(found(report, "pac-file").result, "");
}

TEST_F(Doctor, SeesContentThatPassesUnread) {
  config_->proxy.listen = "127.0.0.1:1";
  config_->proxy.redirect_listen = "127.0.0.1:2";
  config_->proxy.intercept = {"graph.microsoft.com", "*.sharepoint.com", "intranet.example.org"};
  config_->upstream.content_hosts = {"contoso.sharepoint.com", "files.example.org"};
  Report report;
  check_interception(*config_, report);
  const auto text = report.text();
  EXPECT_NE(text.find("warn  intercept  files.example.org holds content and is not on the list"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("intranet.example.org is no host of a cloud"), std::string::npos) << text;
  EXPECT_EQ(text.find("contoso"), std::string::npos) << text;
  EXPECT_EQ(found(report, "udp-443").result, "warn");
  EXPECT_FALSE(report.failed());
}

TEST_F(Doctor, LooksAtCertificatesAndTheirKeys) {
  config_->proxy.listen = "127.0.0.1:1";
  Report before;
  check_certificates(*config_, before);
  EXPECT_EQ(found(before, "certificate").result, "ok");
  EXPECT_EQ(found(before, "proxy-ca").result, "FAIL");
  ASSERT_TRUE(publish_authority(make_proxy_authority(*config_).value(), config_->proxy));
  Report made;
  check_certificates(*config_, made);
  EXPECT_EQ(found(made, "proxy-ca").result, "ok") << made.text();
  EXPECT_EQ(found(made, "ca-trust").result, "warn");
  std::filesystem::permissions(config_->proxy.private_key, std::filesystem::perms{0440});
  config_->graph_door.name = "elsewhere.example.org:8443";
  Report open;
  check_certificates(*config_, open);
  EXPECT_EQ(
      found(open, "proxy-ca").what,
      config_->proxy.private_key +
          " may be read by others: chmod 0400 it, and consider the key known if that was ever so");
  EXPECT_EQ(found(open, "certificate").result, "FAIL");
  config_->proxy.intercept.emplace_back("*.sharepoint.us");
  Report narrow;
  check_certificates(*config_, narrow);
  EXPECT_EQ(found(narrow, "proxy-ca").result, "FAIL");
}

TEST_F(Doctor, SaysHowMuchRoomIsLeft) {
  Report report;
  check_room(*config_, report);
  EXPECT_NE(found(report, "room-store").result, "");
  EXPECT_NE(found(report, "room-store").what.find("MiB free in " + config_->store.directory),
            std::string::npos);
}

TEST_F(Doctor, SaysThatTheCloudIsNotReached) {
  config_->upstream.connect = {{"graph.microsoft.com", "127.0.0.1", 1},
                               {"*.sharepoint.com", "127.0.0.1", 1}};
  Report report;
  check_cloud(*config_, report);
  EXPECT_EQ(found(report, "graph").what, "graph.microsoft.com: 127.0.0.1:1: Connection refused");
  EXPECT_EQ(found(report, "content").what,
            "kerros-doctor.sharepoint.com: 127.0.0.1:1: Connection refused");
}

TEST(DoctorReport, AlignsItsLinesAndPutsTheRemedyBelow) {
  Report report;
  report.ok("gateway", "serves");
  report.fail("clock", "600 s\x1b[31m", "set it");
  EXPECT_EQ(report.text(),
            "ok    gateway  serves\n"
            "FAIL  clock    600 s?[31m\n"
            "               -> set it\n");
  EXPECT_TRUE(report.failed());
  EXPECT_EQ(report.json().dump(),
            R"({"ok":false,"checks":[{"name":"gateway","result":"ok","what":"serves",)"
            R"("remedy":null},{"name":"clock","result":"FAIL","what":"600 s?[31m",)"
            R"("remedy":"set it"}]})");
}

}  // namespace
}  // namespace kerros::tools
