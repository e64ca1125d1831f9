#include "gateway/tls/leaf_certificates.h"

#include <gtest/gtest.h>

#include "tests/gateway/tls/wiring.h"

namespace kerros::tls {
namespace {

struct LeafCertificatesTest : ::testing::Test {
  LeafCertificates leaves{*Certificate::authority("A proxy", {"tenants.example"})};
};

TEST_F(LeafCertificatesTest, ServeAClientThatTrustsTheAuthority) {
  const std::string file = testing::certificates().directory + "/proxy.pem";
  ASSERT_TRUE(leaves.authority().write(file, testing::certificates().directory + "/proxy.key"));
  testing::Pair pair(*leaves.context("contoso.tenants.example"), *Context::client({file}));
  pair.handshake("contoso.tenants.example");
  EXPECT_TRUE(pair.server.is_open());
}

TEST_F(LeafCertificatesTest, AreMadeOncePerHost) {
  const auto first = leaves.context("a.tenants.example");
  ASSERT_TRUE(first) << first.error().detail;
  EXPECT_EQ(*leaves.context("a.tenants.example"), *first);
  EXPECT_NE(*leaves.context("b.tenants.example"), *first);
  EXPECT_EQ(leaves.size(), 2u);
}

TEST_F(LeafCertificatesTest, ForgetTheHostUnusedForLongest) {
  const auto first = leaves.context("first.tenants.example");
  const auto second = leaves.context("second.tenants.example");
  for (std::size_t i = 2; i < LeafCertificates::kMost; ++i)
    ASSERT_TRUE(leaves.context("h" + std::to_string(i) + ".tenants.example"));
  EXPECT_EQ(*leaves.context("first.tenants.example"), *first);  // used again: not the oldest now
  ASSERT_TRUE(leaves.context("one.more.tenants.example"));
  EXPECT_EQ(leaves.size(), LeafCertificates::kMost);
  EXPECT_EQ(*leaves.context("first.tenants.example"), *first);
  EXPECT_NE(*leaves.context("second.tenants.example"), *second);
}

TEST_F(LeafCertificatesTest, AreMadeForNamesOnly) {
  for (const auto* host : {"", "a b", "a,DNS:b", "*"})
    EXPECT_EQ(leaves.context(host).error().code, ErrorCode::kMalformed) << host;
  EXPECT_EQ(leaves.size(), 0u);
}

}  // namespace
}  // namespace kerros::tls
