#include "gateway/tls/leaf_certificates.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <thread>

#include "gateway/tls/certificate_info.h"
#include "tests/gateway/tls/wiring.h"

namespace kerros::tls {
namespace {

using std::chrono::hours;
using std::chrono::system_clock;

Certificate authority_that_ends_in(std::chrono::seconds life) {
  const auto made = *Certificate::authority("A proxy", {"tenants.example"});
  X509_gmtime_adj(X509_getm_notAfter(made.certificate()), life.count());
  X509_sign(made.certificate(), made.key(), EVP_sha256());
  return made;
}

system_clock::time_point end_of(Context& context) {
  X509* own = SSL_CTX_get0_certificate(context.native());
  X509_up_ref(own);
  return CertificateInfo({own, X509_free}).expires();
}

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

TEST(LeafCertificates, OfHostsNamedAtTheBeginningStay) {
  LeafCertificates leaves(*Certificate::authority("A proxy", {"tenants.example"}),
                          {"graph.tenants.example"});
  const auto graph = leaves.context("graph.tenants.example");
  ASSERT_TRUE(graph) << graph.error().detail;
  for (std::size_t i = 0; i <= LeafCertificates::kMost; ++i)
    ASSERT_TRUE(leaves.context("h" + std::to_string(i) + ".tenants.example"));
  EXPECT_EQ(leaves.size(), LeafCertificates::kMost + 1);
  EXPECT_EQ(*leaves.context("graph.tenants.example"), *graph);
}

TEST(LeafCertificates, EndWithTheAuthorityAtTheLatest) {
  for (const auto left : {hours(3 * 24), hours(30), hours(4)}) {
    LeafCertificates leaves(authority_that_ends_in(left));
    const auto first = leaves.context("a.tenants.example");
    ASSERT_TRUE(first) << first.error().detail;
    EXPECT_LE(end_of(**first), leaves.authority().expires());
    EXPECT_GT(end_of(**first), system_clock::now() + left - hours(2));
    EXPECT_EQ(*leaves.context("a.tenants.example"), *first);  // another one would not last longer
  }
  LeafCertificates last(authority_that_ends_in(hours(1)));
  EXPECT_EQ(last.context("a.tenants.example").error().code, ErrorCode::kUnavailable);
}

TEST_F(LeafCertificatesTest, AreTheSameForAllThreadsThatAskAtOnce) {
  constexpr std::size_t kThreads = 4;
  constexpr std::size_t kHosts = 40;
  std::vector<std::vector<std::shared_ptr<Context>>> got(kThreads);
  {
    std::vector<std::jthread> threads;
    for (auto& mine : got)
      threads.emplace_back([&] {
        for (std::size_t i = 0; i < kHosts; ++i)
          mine.push_back(
              leaves.context("h" + std::to_string(i) + ".tenants.example").value_or(nullptr));
      });
  }
  for (const auto& mine : got) EXPECT_EQ(mine, got.front());
  EXPECT_EQ(leaves.size(), kHosts);
  EXPECT_EQ(std::ranges::count(got.front(), nullptr), 0);
}

TEST_F(LeafCertificatesTest, AreMadeForNamesOnly) {
  for (const auto* host : {"", "a b", "a,DNS:b", "*"})
    EXPECT_EQ(leaves.context(host).error().code, ErrorCode::kMalformed) << host;
  EXPECT_EQ(leaves.size(), 0u);
}

}  // namespace
}  // namespace kerros::tls
