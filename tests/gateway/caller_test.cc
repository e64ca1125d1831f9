#include "gateway/policy/caller.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace kerros::policy {
namespace {

using Json = nlohmann::json;

constexpr std::array<std::uint8_t, 32> kHashKey{1, 2, 3};

std::string token_of(const std::string& payload) {
  return to_base64url(as_bytes(R"({"alg":"none"})")) + "." + to_base64url(as_bytes(payload)) +
         ".c2ln";
}

Caller caller_of(const std::string& token) { return read_caller("Bearer " + token, kHashKey); }
Caller caller_with(const Json& claims) { return caller_of(token_of(claims.dump())); }

TEST(Caller, IsReadFromTheClaims) {
  const Caller caller = caller_with({{"upn", "aino@contoso.test"},
                                     {"oid", "o-1"},
                                     {"tid", "t-1"},
                                     {"appid", "a-1"},
                                     {"scp", "Files.ReadWrite"},
                                     {"exp", 1893456000}});
  EXPECT_EQ(caller.actor, "aino@contoso.test");
  EXPECT_EQ(caller.oid, "o-1");
  EXPECT_EQ(caller.tenant, "t-1");
  EXPECT_EQ(caller.expires, 1893456000U);
  EXPECT_TRUE(caller.has_token);
}

TEST(Caller, OfAConnectionIsWhomEachRequestNames) {
  CallerMemory memory(kHashKey);
  const std::string aino = "Bearer " + token_of(R"({"upn":"aino@contoso.test"})");
  const std::string ville = "Bearer " + token_of(R"({"upn":"ville@contoso.test"})");
  EXPECT_EQ(memory.read(std::nullopt).actor, "anonymous");
  for (const std::string& field : {aino, aino, ville, aino + "x", ville, std::string()}) {
    const Caller fresh = read_caller(field, kHashKey);
    for (int again = 0; again < 2; ++again) {
      const Caller& kept = memory.read(field);
      EXPECT_EQ(kept.actor, fresh.actor);
      EXPECT_EQ(kept.token_hash, fresh.token_hash);
      EXPECT_EQ(kept.has_token, fresh.has_token);
    }
  }
  EXPECT_FALSE(memory.read(std::nullopt).has_token);
}

TEST(Caller, IsTheAppWhenNoUserIsThere) {
  EXPECT_EQ(caller_with({{"appid", "a-1"}, {"oid", "o-1"}}).actor, "app:a-1");
  EXPECT_EQ(caller_with({{"azp", "a-2"}}).actor, "app:a-2");
  EXPECT_EQ(caller_with({{"appid", "a-1"}, {"oid", "o-1"}, {"scp", "x"}}).actor, "user:o-1");
  EXPECT_EQ(caller_with({{"preferred_username", "p@c.test"}, {"scp", "x"}}).actor, "p@c.test");
}

TEST(Caller, IsAnonymousWithoutAToken) {
  const Caller caller = read_caller(std::nullopt, kHashKey);
  EXPECT_EQ(caller.actor, "anonymous");
  EXPECT_FALSE(caller.has_token);
  EXPECT_EQ(caller.token_hash, (std::array<std::uint8_t, 32>{}));
}

TEST(Caller, IsOpaqueWhenTheTokenCannotBeRead) {
  const std::string deep(100000, '[');
  for (const std::string& token :
       {std::string("EwB4A8l6BAAU"), std::string("a.b"), std::string("a.b.c.d"), std::string("..."),
        std::string("a.!!!.c"), std::string("a.b.c"), token_of("[]"), token_of("{"), token_of(deep),
        token_of("{}"), token_of("null"), token_of(R"({"upn":7,"oid":["x"]})"),
        token_of(R"({"upn":"a\r\nb"})"), token_of(R"({"upn":")" + std::string(300, 'a') + R"("})"),
        "a." + std::string(1 << 20, 'A') + ".c", std::string()}) {
    const Caller caller = caller_of(token);
    EXPECT_THAT(caller.actor, testing::MatchesRegex("opaque:[0-9a-f]{16}")) << token.substr(0, 40);
    EXPECT_TRUE(caller.has_token);
  }
}

TEST(Caller, IsTheSameForTheSameTokenInAnyCaseOfTheScheme) {
  const std::string token = token_of(R"({"upn":"a@b.test"})");
  const Caller one = read_caller("Bearer " + token, kHashKey);
  const Caller two = read_caller("bearer  " + token, kHashKey);
  EXPECT_EQ(one.token_hash, two.token_hash);
  EXPECT_EQ(two.actor, "a@b.test");
  EXPECT_NE(one.token_hash, caller_of(token + "x").token_hash);
  const std::array<std::uint8_t, 32> other_key{9};
  EXPECT_NE(one.token_hash, read_caller("Bearer " + token, other_key).token_hash);
}

TEST(Caller, TakesOnlyUnsignedIntegersAsExpiry) {
  EXPECT_EQ(caller_with({{"exp", -5}}).expires, 0U);
  EXPECT_EQ(caller_with({{"exp", "99"}}).expires, 0U);
  EXPECT_EQ(caller_with({{"exp", 1e300}}).expires, 0U);
}

}  // namespace
}  // namespace kerros::policy
