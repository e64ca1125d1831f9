#include "gateway/tls/certificate.h"

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "gateway/tls/certificate_info.h"
#include "tests/gateway/tls/wiring.h"

namespace kerros::tls {
namespace {

struct FreeOf {
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(X509_STORE* store) const { X509_STORE_free(store); }
  void operator()(X509_STORE_CTX* context) const { X509_STORE_CTX_free(context); }
  void operator()(BIO* bio) const { BIO_free(bio); }
};
template <typename T>
using Owned = std::unique_ptr<T, FreeOf>;

Owned<X509> parse(const std::string& pem) {
  const Owned<BIO> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return Owned<X509>(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
}

// OpenSSL's verdict under its strict rules, for a server named `host`.
int verdict(const Certificate& authority, const Certificate& server, const std::string& host) {
  const auto root = parse(authority.certificate_pem());
  const auto leaf = parse(server.certificate_pem());
  const Owned<X509_STORE> store(X509_STORE_new());
  X509_STORE_add_cert(store.get(), root.get());
  const Owned<X509_STORE_CTX> context(X509_STORE_CTX_new());
  X509_STORE_CTX_init(context.get(), store.get(), leaf.get(), nullptr);
  X509_STORE_CTX_set_purpose(context.get(), X509_PURPOSE_SSL_SERVER);
  X509_VERIFY_PARAM* rules = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_X509_STRICT | X509_V_FLAG_CHECK_SS_SIGNATURE);
  if (X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str()) != 1)
    X509_VERIFY_PARAM_set1_host(rules, host.data(), host.size());
  X509_verify_cert(context.get());
  return X509_STORE_CTX_get_error(context.get());
}

struct SelfSigned : ::testing::Test {
  Certificate authority = *Certificate::authority("An authority");
  std::string directory = testing::certificates().directory;
};

TEST_F(SelfSigned, HoldsUnderStrictRulesForEveryNameItWasMadeFor) {
  const auto server =
      authority.issue_server({"gateway.example", "*.example.org", "127.0.0.1", "::1"});
  ASSERT_TRUE(server) << server.error().detail;
  for (const auto* host : {"gateway.example", "a.example.org", "127.0.0.1", "::1"})
    EXPECT_EQ(verdict(authority, *server, host), X509_V_OK) << host;
  for (const auto* host : {"example.org", "a.b.example.org", "Kerros gateway", "127.0.0.2"})
    EXPECT_NE(verdict(authority, *server, host), X509_V_OK) << host;
}

TEST_F(SelfSigned, IsNoAuthorityItself) {
  const auto server = *authority.issue_server({"a.example"});
  const auto signed_by_server = *server.issue_server({"b.example"});
  EXPECT_NE(verdict(server, signed_by_server, "b.example"), X509_V_OK);
  const auto other = *Certificate::authority("An authority");
  EXPECT_NE(verdict(other, server, "a.example"), X509_V_OK);
}

TEST_F(SelfSigned, RefusesWhatIsNoHost) {
  for (const auto* host :
       {"", "*", "a,DNS:evil.example", "a..b", ".a", "a.", "a b", "*.*.a", "1.2.3.4/8"}) {
    const auto made = authority.issue_server({host});
    ASSERT_FALSE(made) << host;
    EXPECT_EQ(made.error().code, ErrorCode::kMalformed);
  }
  EXPECT_FALSE(authority.issue_server({}));
}

TEST_F(SelfSigned, WritesAKeyThatOnlyItsOwnerReads) {
  const std::string certificate = directory + "/own.pem";
  const std::string key = directory + "/own.key";
  ASSERT_TRUE(authority.issue_server({"localhost"})->write(certificate, key));
  struct stat found{};
  ASSERT_EQ(::stat(key.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777U, 0400U);
  EXPECT_TRUE(Context::server({certificate, key}));
}

TEST_F(SelfSigned, NeverOverwritesAFile) {
  const std::string certificate = directory + "/twice.pem";
  const std::string key = directory + "/twice.key";
  ASSERT_TRUE(authority.write(certificate, key));
  const auto again = authority.write(directory + "/new.pem", key);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kConflict);
  EXPECT_FALSE(std::filesystem::exists(directory + "/new.pem"));
  const auto other_key = directory + "/new.key";
  EXPECT_FALSE(authority.write(certificate, other_key));
  EXPECT_FALSE(std::filesystem::exists(other_key));
}

TEST_F(SelfSigned, ConstrainedAuthorityIsGoodForItsNamesOnly) {
  const auto narrow = Certificate::authority("A proxy", {"graph.example", "tenants.example"});
  ASSERT_TRUE(narrow) << narrow.error().detail;
  EXPECT_EQ(narrow->only_below(), (std::vector<std::string>{"graph.example", "tenants.example"}));
  EXPECT_TRUE(authority.only_below().empty());
  for (const auto* host : {"graph.example", "a.tenants.example", "a.b.tenants.example"})
    EXPECT_EQ(verdict(*narrow, *narrow->issue_server({host}), host), X509_V_OK) << host;
  for (const auto* host : {"bank.example", "eviltenants.example", "127.0.0.1", "::1"})
    EXPECT_EQ(verdict(*narrow, *narrow->issue_server({host}), host),
              std::string_view(host).find_first_of(":1") == std::string_view::npos
                  ? X509_V_ERR_PERMITTED_VIOLATION
                  : X509_V_ERR_EXCLUDED_VIOLATION)
        << host;
  EXPECT_FALSE(Certificate::authority("A proxy", {"a,DNS:b"}));
}

TEST_F(SelfSigned, AuthorityComesBackFromItsFiles) {
  const std::string certificate = directory + "/kept.pem";
  const std::string key = directory + "/kept.key";
  ASSERT_TRUE(authority.write(certificate, key));
  const auto kept = Certificate::read_authority(certificate, key);
  ASSERT_TRUE(kept) << kept.error().detail;
  EXPECT_EQ(kept->fingerprint(), authority.fingerprint());
  EXPECT_EQ(kept->expires(), authority.expires());
  EXPECT_TRUE(kept->chain().empty());
  EXPECT_EQ(verdict(authority, *kept->issue_server({"a.example"}), "a.example"), X509_V_OK);
}

TEST_F(SelfSigned, SaysWhatItCannotSign) {
  EXPECT_TRUE(authority.check_signs({"graph.example", "*.tenants.example"}));
  const auto narrow = *Certificate::authority("A proxy", {"graph.example", "tenants.example"});
  EXPECT_TRUE(narrow.check_signs({"graph.example", "*.tenants.example"}));
  const auto outside = narrow.check_signs({"graph.example", "*.bank.example"});
  ASSERT_FALSE(outside);
  EXPECT_EQ(outside.error().detail,
            "what it signs for a.bank.example is refused: permitted subtree violation");
}

TEST_F(SelfSigned, TellsOfItselfWithoutAKey) {
  const auto narrow = *Certificate::authority("Prox\u00ff", {"graph.example"});
  ASSERT_TRUE(narrow.write(directory + "/told.pem", directory + "/told.key"));
  ASSERT_EQ(::unlink((directory + "/told.key").c_str()), 0);
  const auto info = CertificateInfo::read(directory + "/told.pem");
  ASSERT_TRUE(info) << info.error().detail;
  EXPECT_EQ(info->subject(), "CN = Prox\u00ff");
  EXPECT_EQ(info->fingerprint(), narrow.fingerprint());
  EXPECT_EQ(info->expires(), narrow.expires());
  EXPECT_EQ(info->only_below(), std::vector<std::string>{"graph.example"});
  EXPECT_FALSE(info->is_trusted_here());
  EXPECT_EQ(CertificateInfo::read(directory + "/absent.pem").error().code, ErrorCode::kNotFound);
}

TEST_F(SelfSigned, KnowsWhichHostsItIsFor) {
  const auto server = *authority.issue_server({"a.example", "*.b.example", "127.0.0.1"});
  const CertificateInfo info(server.shared_certificate());
  for (const auto* host : {"a.example", "x.b.example", "127.0.0.1"}) EXPECT_TRUE(info.is_for(host));
  for (const auto* host : {"b.example", "c.example", "127.0.0.2", ""})
    EXPECT_FALSE(info.is_for(host)) << host;
}

TEST_F(SelfSigned, ReadsNoAuthorityThatCannotSign) {
  const std::string certificate = directory + "/leaf.pem";
  const std::string key = directory + "/leaf.key";
  ASSERT_TRUE(authority.issue_server({"a.example"})->write(certificate, key));
  EXPECT_EQ(Certificate::read_authority(certificate, key).error().code, ErrorCode::kMalformed);
  const auto other = *Certificate::authority("Another");
  ASSERT_TRUE(other.write(directory + "/other.pem", directory + "/other.key"));
  EXPECT_EQ(Certificate::read_authority(directory + "/other.pem", key).error().code,
            ErrorCode::kConflict);
  EXPECT_FALSE(Certificate::read_authority(directory + "/absent.pem", key));
  EXPECT_FALSE(Certificate::read_authority(key, key));
  ASSERT_EQ(::chmod((directory + "/other.key").c_str(), 0440), 0);
  EXPECT_EQ(
      Certificate::read_authority(directory + "/other.pem", directory + "/other.key").error().code,
      ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace kerros::tls
