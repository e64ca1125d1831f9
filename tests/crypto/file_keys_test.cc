#include "crypto/file_keys.h"

#include <gtest/gtest.h>

#include "crypto/hkdf.h"
#include "tests/support/sealed_file.h"

namespace kerros::crypto {
namespace {

using support::noise_array;

struct Parts {
  std::array<std::uint8_t, 32> dek = noise_array<32>(1);
  Suite suite = Suite::kAes256Gcm;
  Salt salt = noise_array<24>(2);
  HeaderBytes header = noise_array<256>(3);
};

Bytes all_of(const Parts& parts) {
  const FileKeys keys(parts.dek, parts.suite, parts.salt, parts.header);
  Bytes out(keys.chunk_key().begin(), keys.chunk_key().end());
  for (const auto byte : keys.base_nonce()) out.push_back(byte);
  for (const auto byte : keys.commitment()) out.push_back(byte);
  return out;
}

TEST(FileKeys, FollowTheSpecificationToTheByte) {
  const Parts parts;
  std::string info = "c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM";
  info.push_back('\0');
  info += as_text(parts.salt);
  const auto context = sha512(parts.header);
  info += as_text(context);
  Bytes expected(76);
  ASSERT_TRUE(hkdf_expand(parts.dek, as_bytes(info), expected));
  EXPECT_EQ(all_of(parts), expected);
}

TEST(FileKeys, ChangeWholeWithEveryInput) {
  const Bytes base = all_of({});
  Parts dek, suite, salt, header;
  dek.dek[31] ^= 1;
  suite.suite = Suite::kChaCha20Poly1305;
  salt.salt[0] ^= 0x80;
  header.header[255] ^= 1;
  for (const auto& parts : {dek, suite, salt, header}) {
    const Bytes other = all_of(parts);
    EXPECT_FALSE(std::equal(base.begin(), base.begin() + 32, other.begin()));
    EXPECT_FALSE(std::equal(base.begin() + 32, base.begin() + 44, other.begin() + 32));
    EXPECT_FALSE(std::equal(base.begin() + 44, base.end(), other.begin() + 44));
  }
}

TEST(ChunkNonce, IsTheBaseXorTheNumber) {
  Nonce base{};
  base.fill(0xff);
  EXPECT_EQ(nonce_of_chunk(base, 0), base);
  EXPECT_EQ(to_hex(nonce_of_chunk(base, 1)), "fffffffffffffffffffffffe");
  EXPECT_EQ(to_hex(nonce_of_chunk(base, 0x100)), "fffffffffffffffffffffeff");
  EXPECT_EQ(to_hex(nonce_of_chunk(base, 0x3a01020304)), "ffffffffffffffc5fefdfcfb");
  EXPECT_EQ(to_hex(nonce_of_chunk(Nonce{}, 0x0102030405060708)), "000000000102030405060708");
}

}  // namespace
}  // namespace kerros::crypto
