#include "crypto/hkdf.h"

#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include "tests/support/sealed_file.h"

namespace kerros::crypto {
namespace {

using support::noise;

// OpenSSL as the second implementation; `mode` is one of EVP_KDF_HKDF_MODE_*.
Bytes openssl_hkdf(int mode, Bytes key, Bytes salt, Bytes info, std::size_t size) {
  EVP_KDF* kdf = EVP_KDF_fetch(nullptr, "HKDF", nullptr);
  EVP_KDF_CTX* context = EVP_KDF_CTX_new(kdf);
  char digest[] = "SHA512";
  std::vector<OSSL_PARAM> params = {
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
      OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, key.data(), key.size())};
  if (!salt.empty())
    params.push_back(
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, salt.data(), salt.size()));
  if (!info.empty())
    params.push_back(
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info.data(), info.size()));
  params.push_back(OSSL_PARAM_construct_end());
  Bytes out(size);
  EXPECT_EQ(EVP_KDF_derive(context, out.data(), out.size(), params.data()), 1);
  EVP_KDF_CTX_free(context);
  EVP_KDF_free(kdf);
  return out;
}

TEST(Hkdf, ExpandsLikeOpenSsl) {
  for (const std::size_t size : {1u, 32u, 63u, 64u, 65u, 76u, 128u, 129u, 16320u}) {
    for (const std::size_t info_size : {0u, 1u, 136u, 1000u}) {
      const Bytes key = noise(64, size);
      const Bytes info = noise(info_size, 2);
      Bytes out(size);
      ASSERT_TRUE(hkdf_expand(key, info, out));
      EXPECT_EQ(out, openssl_hkdf(EVP_KDF_HKDF_MODE_EXPAND_ONLY, key, {}, info, size))
          << size << " " << info_size;
    }
  }
}

TEST(Hkdf, TakesKeysLongerThanABlockOfTheHash) {
  const Bytes key = noise(200);
  Bytes out(64);
  ASSERT_TRUE(hkdf_expand(key, {}, out));
  EXPECT_EQ(out, openssl_hkdf(EVP_KDF_HKDF_MODE_EXPAND_ONLY, key, {}, {}, 64));
}

TEST(Hkdf, ExtractsLikeOpenSsl) {
  const auto key = hkdf_extract(noise(24), noise(40, 2));
  EXPECT_EQ(Bytes(key.begin(), key.end()),
            openssl_hkdf(EVP_KDF_HKDF_MODE_EXTRACT_ONLY, noise(40, 2), noise(24), {}, 64));
}

// RFC 5869 2.2: without a salt, as many zeros as the hash has bytes.
TEST(Hkdf, ExtractsWithoutASalt) {
  EXPECT_EQ(hkdf_extract({}, noise(40)), hkdf_extract(Bytes(64, 0), noise(40)));
}

// RFC 5869 test case 1 with SHA-512 in place of SHA-256, as published by Brycx,
// "Test-Vector-Generation".
TEST(Hkdf, GivesAPublishedAnswer) {
  Bytes info(10);
  ASSERT_TRUE(from_hex("f0f1f2f3f4f5f6f7f8f9", info));
  Bytes salt(13);
  ASSERT_TRUE(from_hex("000102030405060708090a0b0c", salt));
  const auto key = hkdf_extract(salt, Bytes(22, 0x0b));
  Bytes out(42);
  ASSERT_TRUE(hkdf_expand(key, info, out));
  EXPECT_EQ(to_hex(out),
            "832390086cda71fb47625bb5ceb168e4c8e26a1a16ed34d9fc7fe92c1481579338da362cb8d9f925d7cb");
}

TEST(Hkdf, RefusesMoreThanItCanGive) {
  Bytes out(255 * 64 + 1);
  EXPECT_EQ(support::code_of(hkdf_expand(noise(32), {}, out)), ErrorCode::kMalformed);
}

// FIPS 180-4 examples: "abc".
TEST(Sha, GivesTheAnswersOfItsStandard) {
  EXPECT_EQ(to_hex(sha256(as_bytes("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(sha512(as_bytes("abc"))),
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
            "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

}  // namespace
}  // namespace kerros::crypto
