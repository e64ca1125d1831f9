#include "tools/admin_client.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <thread>

#include "tests/tools/made_installation.h"

namespace kerros {
namespace {

// Answers one connection with what it is told to say, and keeps what it was asked.
class OneAnswer {
 public:
  OneAnswer(const std::string& path, std::string answer) : answer_(std::move(answer)) {
    listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof(address.sun_path) - 1);
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    EXPECT_EQ(::listen(listener_, 4), 0);
    thread_ = std::thread([this] { serve(); });
  }
  ~OneAnswer() {
    thread_.join();
    ::close(listener_);
  }
  std::string asked;

 private:
  void serve() {
    const int peer = ::accept(listener_, nullptr, nullptr);
    char buffer[4096];
    while (asked.find("\r\n\r\n") == std::string::npos) {
      const auto got = ::read(peer, buffer, sizeof(buffer));
      if (got <= 0) break;
      asked.append(buffer, static_cast<std::size_t>(got));
    }
    EXPECT_EQ(::write(peer, answer_.data(), answer_.size()), static_cast<ssize_t>(answer_.size()));
    ::close(peer);
  }
  std::string answer_;
  int listener_;
  std::thread thread_;
};

class AdminClient : public testing::Test {
 protected:
  testing_tools::TemporaryDirectory directory_;
  std::string socket_ = directory_.at("s");
};

TEST_F(AdminClient, SeesThatNobodyListens) {
  const auto answers = tools::gateway_answers(socket_);
  ASSERT_TRUE(answers);
  EXPECT_FALSE(*answers);
}

TEST_F(AdminClient, BringsTheAnswerWithItsStatus) {
  admin::Answer answer;
  std::string asked;
  {
    OneAnswer server(socket_,
                     "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}");
    const auto got = tools::send_request(socket_, {"GET", "/v1/items/show", {{"item", "b!x"}}});
    ASSERT_TRUE(got) << got.error().detail;
    answer = *got;
    asked = server.asked;
  }
  EXPECT_EQ(answer.status, 404u);
  EXPECT_EQ(answer.json, "{}");
  EXPECT_TRUE(asked.starts_with("GET /v1/items/show?item=b%21x HTTP/1.1\r\n")) << asked;
}

TEST_F(AdminClient, RefusesAnAnswerThatWasCut) {
  OneAnswer server(socket_, "HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n{");
  const auto got = tools::send_request(socket_, {"GET", "/v1/keys", {}});
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, ErrorCode::kUnavailable);
}

TEST_F(AdminClient, RefusesAPathThatNoSocketCanHave) {
  const auto answers = tools::gateway_answers("/" + std::string(200, 'x'));
  ASSERT_FALSE(answers);
  EXPECT_EQ(answers.error().code, ErrorCode::kMalformed);
}

}  // namespace
}  // namespace kerros
