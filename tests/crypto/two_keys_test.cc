// One body that opens under two keys: AES-GCM alone lets its author make one, the commitment does
// not let it through.
//
// GHASH is linear in every ciphertext block, so one free block solves "both tags are equal" for two
// keys (Dodis, Grubbs, Ristenpart, Woodage, "Fast Message Franking", 2018, section 3; Len, Grubbs,
// Ristenpart, "Partitioning Oracle Attacks", 2021).
#include <gtest/gtest.h>
#include <openssl/evp.h>

#include "crypto/file_keys.h"
#include "tests/support/sealed_file.h"

namespace kerros::crypto {
namespace {

using support::code_of;
using support::noise;
using support::noise_array;
using Block = std::array<std::uint8_t, 16>;

// An element of GCM's field: the first bit of the block is the top bit of `high`.
struct Element {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  Element operator^(const Element& other) const { return {high ^ other.high, low ^ other.low}; }
};

Element element_of(ByteView block) {
  return {load_be<std::uint64_t>(block), load_be<std::uint64_t>(block.subspan(8))};
}

// NIST SP 800-38D, algorithm 1.
Element operator*(Element x, Element y) {
  Element product;
  for (int bit = 0; bit < 128; ++bit) {
    const std::uint64_t word = bit < 64 ? x.high : x.low;
    if ((word >> (63 - bit % 64) & 1) != 0) product = product ^ y;
    const bool carry = (y.low & 1) != 0;
    y = {y.high >> 1, y.low >> 1 | y.high << 63};
    if (carry) y.high ^= 0xe100'0000'0000'0000ull;
  }
  return product;
}

// x^(2^128 - 2).
Element inverse(Element x) {
  Element result{0x8000'0000'0000'0000ull, 0};
  for (int i = 0; i < 127; ++i) {
    x = x * x;
    result = result * x;
  }
  return result;
}

Block aes(ByteView key, const Block& block) {
  EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
  Block out{};
  int length = 0;
  EXPECT_EQ(EVP_EncryptInit_ex(context, EVP_aes_256_ecb(), nullptr, key.data(), nullptr), 1);
  EVP_CIPHER_CTX_set_padding(context, 0);
  EXPECT_EQ(EVP_EncryptUpdate(context, out.data(), &length, block.data(), 16), 1);
  EVP_CIPHER_CTX_free(context);
  return out;
}

// What one key makes of a chunk of two blocks: tag = c1*H^3 ^ c2*H^2 ^ lengths*H ^ mask.
struct TagEquation {
  Element hash;
  Element mask;

  TagEquation(ByteView key, const Nonce& nonce) : hash(element_of(aes(key, Block{}))) {
    Block counter{};
    std::copy(nonce.begin(), nonce.end(), counter.begin());
    counter[15] = 1;
    mask = element_of(aes(key, counter));
  }
  Element without_second(Element c1) const {
    const Element lengths{0, 256};  // no associated data, 256 bits of text
    return c1 * hash * hash * hash ^ lengths * hash ^ mask;
  }
};

// A final chunk of 32 bytes that both keys open.
Bytes chunk_for_both(const FileKeys& one, const FileKeys& two) {
  const TagEquation a(one.chunk_key(), one.base_nonce());
  const TagEquation b(two.chunk_key(), two.base_nonce());
  const Bytes first = noise(16, 77);
  const Element c1 = element_of(first);
  const Element rest = a.without_second(c1) ^ b.without_second(c1);
  const Element c2 = rest * inverse(a.hash * a.hash ^ b.hash * b.hash);
  const Element tag = a.without_second(c1) ^ c2 * a.hash * a.hash;

  Bytes chunk = first;
  chunk.resize(48);
  store_be(MutableByteView(chunk).subspan(16), c2.high);
  store_be(MutableByteView(chunk).subspan(24), c2.low);
  store_be(MutableByteView(chunk).subspan(32), tag.high);
  store_be(MutableByteView(chunk).subspan(40), tag.low);
  return chunk;
}

TEST(TwoKeys, OpenOneBodyInAesGcmButNotInASealedFile) {
  const auto backend = make_openssl_backend();
  const Salt salt = noise_array<24>(1);
  const auto dek_one = noise_array<32>(2);
  const auto dek_two = noise_array<32>(3);
  Prefix prefix;
  prefix.header_bytes = encode(prefix.header);
  prefix.salt = salt;
  const FileKeys one(dek_one, Suite::kAes256Gcm, salt, prefix.header_bytes);
  const FileKeys two(dek_two, Suite::kAes256Gcm, salt, prefix.header_bytes);
  const Bytes chunk = chunk_for_both(one, two);

  Bytes plain_one(32), plain_two(32);
  for (const auto& [keys, plain] : {std::pair(&one, &plain_one), std::pair(&two, &plain_two)}) {
    const auto key = backend->schedule(Suite::kAes256Gcm, keys->chunk_key()).value();
    ASSERT_TRUE(key->open(keys->base_nonce(), chunk, *plain)) << "the construction is wrong";
  }
  ASSERT_NE(plain_one, plain_two);

  prefix.commitment = one.commitment();
  Bytes sealed(512);
  std::ranges::copy(encode(prefix), sealed.begin());
  sealed.insert(sealed.end(), chunk.begin(), chunk.end());
  EXPECT_EQ(support::open_file(*backend, sealed, dek_one).value(), plain_one);
  EXPECT_EQ(code_of(support::open_file(*backend, sealed, dek_two)), ErrorCode::kNotAuthentic);
}

}  // namespace
}  // namespace kerros::crypto
