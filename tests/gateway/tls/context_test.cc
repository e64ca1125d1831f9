#include "gateway/tls/context.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <fstream>
#include <sstream>

#include "gateway/tls/certificate.h"
#include "tests/gateway/tls/wiring.h"

namespace kerros::tls {
namespace {

using testing::certificates;
using ::testing::HasSubstr;

std::string content(const std::string& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

TEST(Context, NamesTheFileThatIsMissing) {
  const auto no_chain = Context::server({"/nowhere/chain.pem", certificates().key_file()});
  ASSERT_FALSE(no_chain);
  EXPECT_THAT(no_chain.error().detail, HasSubstr("/nowhere/chain.pem"));
  EXPECT_THAT(no_chain.error().detail, HasSubstr("No such file"));
  const auto no_ca = Context::client({"/nowhere/ca.pem"});
  ASSERT_FALSE(no_ca);
  EXPECT_THAT(no_ca.error().detail, HasSubstr("/nowhere/ca.pem"));
}

TEST(Context, RefusesAKeyThatBelongsToAnotherCertificate) {
  const auto made =
      Context::server({certificates().chain_file(), certificates().directory + "/ca.key"});
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().detail, HasSubstr("ca.key"));
  EXPECT_THAT(made.error().detail, HasSubstr("mismatch"));
}

TEST(Context, TakesCertificateAndKeyAsText) {
  const auto chain = content(certificates().chain_file());
  const auto key = content(certificates().key_file());
  EXPECT_TRUE(Context::server_from_pem(chain + content(certificates().ca_file()), key));
  EXPECT_FALSE(Context::server_from_pem(key, key));
  EXPECT_FALSE(Context::server_from_pem(chain, chain));
  EXPECT_EQ(Context::server_from_pem(content(certificates().ca_file()), key).error().code,
            ErrorCode::kConflict);
}

TEST(Context, NeverAsksForAPassphrase) {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  const std::string file = certificates().directory + "/encrypted.key";
  BIO* out = BIO_new_file(file.c_str(), "w");
  PEM_write_bio_PKCS8PrivateKey(out, key, EVP_aes_256_cbc(), "secret", 6, nullptr, nullptr);
  BIO_free(out);
  EVP_PKEY_free(key);
  const auto made = Context::server({certificates().chain_file(), file});
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().detail, HasSubstr("encrypted.key"));
}

Session session_made_at(long time, int version) {
  Session session(SSL_SESSION_new());
  const unsigned char id[] = "an id";
  SSL_SESSION_set1_id(session.get(), id, sizeof id);
  SSL_SESSION_set_protocol_version(session.get(), version);
  SSL_SESSION_set_time(session.get(), time);
  SSL_SESSION_set_timeout(session.get(), 1000);
  return session;
}

TEST(SessionStore, GivesATls13SessionOnceAndATls12SessionAgain) {
  SessionStore store;
  const long now = std::time(nullptr);
  store.put("a", session_made_at(now, TLS1_3_VERSION));
  EXPECT_TRUE(store.take("a"));
  EXPECT_FALSE(store.take("a"));
  store.put("b", session_made_at(now, TLS1_2_VERSION));
  EXPECT_TRUE(store.take("b"));
  EXPECT_TRUE(store.take("b"));
}

TEST(SessionStore, GivesNoSessionThatIsTooOld) {
  SessionStore store;
  store.put("a", session_made_at(std::time(nullptr) - 1001, TLS1_3_VERSION));
  EXPECT_FALSE(store.take("a"));
}

TEST(SessionStore, IsBoundedInHostsAndInSessionsOfAHost) {
  SessionStore store;
  const long now = std::time(nullptr);
  for (std::size_t i = 0; i < SessionStore::kPerHost + 5; ++i)
    store.put("first", session_made_at(now, TLS1_3_VERSION));
  for (std::size_t i = 0; i < SessionStore::kPerHost; ++i) EXPECT_TRUE(store.take("first"));
  EXPECT_FALSE(store.take("first"));
  for (std::size_t i = 0; i < SessionStore::kHosts + 5; ++i)
    store.put(std::to_string(i), session_made_at(now, TLS1_3_VERSION));
  EXPECT_EQ(store.hosts(), SessionStore::kHosts);
  EXPECT_FALSE(store.take("0"));
  EXPECT_TRUE(store.take("100"));
}

}  // namespace
}  // namespace kerros::tls
