#include "gateway/proxy/users_file.h"

#include <gtest/gtest.h>

#include "crypto/bytes.h"

namespace kerros::proxy {
namespace {

const std::string kDigest(64, 'a');

std::string refusal(const std::string& text) {
  const auto users = parse_users(text);
  if (users) return "";
  EXPECT_EQ(users.error().code, ErrorCode::kMalformed);
  return users.error().detail;
}

TEST(UsersFile, KeepsWhoIsAdmitted) {
  const auto aino = make_user("aino");
  const auto vaino = make_user("v\u00e4in\u00f6#1");
  ASSERT_TRUE(aino && vaino);
  const auto read = parse_users(users_text({aino->user, vaino->user}));
  ASSERT_TRUE(read);
  const auto users = Users::make(*read);
  ASSERT_TRUE(users);
  const auto field = [](const NewUser& user) {
    return "Basic " + to_base64(as_bytes(user.user.name + ":" + user.password));
  };
  EXPECT_EQ(users->admit(field(*aino)), "aino");
  EXPECT_EQ(users->admit(field(*vaino)), "v\u00e4in\u00f6#1");
}

TEST(UsersFile, HoldsNoPassword) {
  const auto aino = make_user("aino");
  ASSERT_TRUE(aino);
  EXPECT_EQ(users_text({aino->user}).find(aino->password), std::string::npos);
}

TEST(UsersFile, WithoutALineAdmitsNobody) {
  const auto read = parse_users("");
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->empty());
}

TEST(UsersFile, RefusesWhatIsNoLine) {
  EXPECT_EQ(refusal("aino:" + kDigest), "line 1: not a whole line NAME:DIGEST");
  EXPECT_EQ(refusal("aino:" + kDigest + "\n\n"), "line 2: not a whole line NAME:DIGEST");
  EXPECT_EQ(refusal("aino:" + kDigest + "\naino:" + kDigest + "\n"),
            "user aino stands there twice");
  EXPECT_EQ(refusal("aino:secret\n"), "the digest of user aino is not 64 digits");
  EXPECT_EQ(refusal(":" + kDigest + "\n"), "\"\" cannot be a user's name");
  EXPECT_EQ(refusal("a b:" + kDigest + "\r\n"), "\"a b\" cannot be a user's name");
}

TEST(UsersFile, ThatIsNotThereIsNotFound) {
  const auto read = read_users_file("/nonexistent/proxy-users");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace kerros::proxy
