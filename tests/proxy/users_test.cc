#include "gateway/proxy/users.h"

#include <gtest/gtest.h>

#include "crypto/bytes.h"

namespace kerros::proxy {
namespace {

std::string basic(const std::string& user, const std::string& password) {
  return "Basic " + to_base64(as_bytes(user + ":" + password));
}

TEST(ProxyUsers, AdmitsWhoKnowsThePasswordOfThatName) {
  const auto aino = make_user("aino").value();
  const auto bo = make_user("bo").value();
  const auto users = Users::make({aino.user, bo.user}).value();
  EXPECT_EQ(users.admit(basic("aino", aino.password)), "aino");
  EXPECT_EQ(users.admit(basic("bo", bo.password)), "bo");
  EXPECT_EQ(users.admit("bAsIc" + basic("bo", bo.password).substr(5)), "bo");
  EXPECT_FALSE(users.admit(basic("aino", bo.password)));
  EXPECT_FALSE(users.admit(basic("bo", aino.password)));
  EXPECT_FALSE(users.admit(basic("eve", aino.password)));
  EXPECT_FALSE(users.admit(basic("aino", aino.password + "x")));
  EXPECT_FALSE(users.admit(basic("aino", "")));
}

TEST(ProxyUsers, AdmitsNobodyByAnotherScheme) {
  const auto aino = make_user("aino").value();
  const auto users = Users::make({aino.user}).value();
  const std::string good = basic("aino", aino.password);
  for (const std::string& field :
       {std::string(), std::string("Basic"), std::string("Basic "), std::string("Basic !!"),
        "Bearer" + good.substr(5), good + "=", "Basic " + to_base64(as_bytes("aino")), " " + good})
    EXPECT_FALSE(users.admit(field)) << field;
}

TEST(ProxyUsers, MakesANewPasswordEachTime) {
  const auto first = make_user("aino").value();
  const auto second = make_user("aino").value();
  EXPECT_EQ(first.password.size(), 26u);
  EXPECT_NE(first.password, second.password);
  EXPECT_EQ(first.user.digest.find(first.password), std::string::npos);
}

TEST(ProxyUsers, RefusesEntriesThatAreNone) {
  const auto good = make_user("aino").value().user;
  EXPECT_FALSE(Users::make({good, good}));
  EXPECT_FALSE(Users::make({{"aino", "12"}}));
  EXPECT_FALSE(Users::make({{"ai:no", good.digest}}));
  EXPECT_FALSE(make_user(""));
  EXPECT_FALSE(make_user("a b"));
}

}  // namespace
}  // namespace kerros::proxy
