#include "crypto/aead.h"

#include <gtest/gtest.h>

#include "tests/support/sealed_file.h"

namespace kerros::crypto {
namespace {

using support::code_of;
using support::noise;
using support::noise_array;

struct Choice {
  const char* name;
  Result<std::unique_ptr<Backend>> (*make)();
  Suite suite;
};

Result<std::unique_ptr<Backend>> openssl() { return make_openssl_backend(); }
Result<std::unique_ptr<Backend>> sodium() { return make_sodium_backend(); }
template <Instructions kInstructions>
Result<std::unique_ptr<Backend>> ipsecmb() {
  return make_ipsecmb_backend(kInstructions);
}

class Aead : public testing::TestWithParam<Choice> {
 protected:
  void SetUp() override {
    auto made = GetParam().make();
    if (!made) GTEST_SKIP() << made.error().detail;
    backend_ = std::move(*made);
    if (!backend_->supports(GetParam().suite)) GTEST_SKIP() << "not on this CPU";
    key_ = backend_->schedule(GetParam().suite, noise(32)).value();
  }

  Bytes seal(ByteView plain) {
    Bytes sealed(plain.size() + kAeadTagSize);
    EXPECT_TRUE(key_->seal(nonce_, plain, sealed));
    return sealed;
  }

  Status open(ByteView sealed, MutableByteView plain) { return key_->open(nonce_, sealed, plain); }

  Nonce nonce_ = noise_array<12>(2);
  std::unique_ptr<Backend> backend_;
  std::unique_ptr<AeadKey> key_;
};

TEST_P(Aead, OpensWhatItSealed) {
  for (const std::size_t size : {0u, 1u, 15u, 16u, 17u, 16383u, 16384u, 100000u}) {
    const Bytes plain = noise(size);
    Bytes opened(size);
    ASSERT_TRUE(open(seal(plain), opened)) << size;
    EXPECT_EQ(opened, plain);
  }
}

TEST_P(Aead, WorksInPlace) {
  const Bytes plain = noise(16384);
  Bytes buffer = plain;
  buffer.resize(plain.size() + kAeadTagSize);
  const auto body = MutableByteView(buffer).first(plain.size());
  ASSERT_TRUE(key_->seal(nonce_, body, buffer));
  EXPECT_EQ(buffer, seal(plain));
  ASSERT_TRUE(open(buffer, body));
  EXPECT_TRUE(std::ranges::equal(body, plain));
}

TEST_P(Aead, RefusesEveryFlippedBit) {
  const Bytes sealed = seal(noise(40));
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    Bytes changed = sealed;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    Bytes plain(40);
    EXPECT_EQ(code_of(open(changed, plain)), ErrorCode::kNotAuthentic) << bit;
  }
}

TEST_P(Aead, LeavesNoPlaintextBehindAFailure) {
  Bytes sealed = seal(Bytes(16384, 'p'));
  sealed.back() ^= 1;
  Bytes plain(16384, 0xee);
  EXPECT_EQ(code_of(open(sealed, plain)), ErrorCode::kNotAuthentic);
  EXPECT_EQ(plain, Bytes(16384, 0));
  EXPECT_EQ(code_of(open(sealed, MutableByteView(sealed).first(16384))), ErrorCode::kNotAuthentic);
  EXPECT_TRUE(std::ranges::equal(ByteView(sealed).first(16384), Bytes(16384, 0)));
}

TEST_P(Aead, GoesOnAfterAFailure) {
  const Bytes plain = noise(1000);
  const Bytes sealed = seal(plain);
  Bytes changed = sealed;
  changed[0] ^= 1;
  Bytes opened(1000);
  EXPECT_FALSE(open(changed, opened));
  ASSERT_TRUE(open(sealed, opened));
  EXPECT_EQ(opened, plain);
  EXPECT_EQ(seal(plain), sealed);
}

TEST_P(Aead, NeedsTheSameNonceAndKey) {
  const Bytes sealed = seal(noise(100));
  Bytes plain(100);
  Nonce other = nonce_;
  other[11] ^= 1;
  EXPECT_EQ(code_of(key_->open(other, sealed, plain)), ErrorCode::kNotAuthentic);
  const auto stranger = backend_->schedule(GetParam().suite, noise(32, 9)).value();
  EXPECT_EQ(code_of(stranger->open(nonce_, sealed, plain)), ErrorCode::kNotAuthentic);
}

TEST_P(Aead, RefusesBuffersThatDoNotMatch) {
  Bytes small(16), sealed(116);
  const Bytes plain = noise(100);
  EXPECT_EQ(code_of(key_->seal(nonce_, plain, small)), ErrorCode::kMalformed);
  EXPECT_EQ(code_of(key_->seal(nonce_, ByteView(plain).first(99), sealed)), ErrorCode::kMalformed);
  EXPECT_EQ(code_of(open(seal(plain), small)), ErrorCode::kMalformed);
  EXPECT_EQ(code_of(open(ByteView(small).first(15), {})), ErrorCode::kTruncated);
}

TEST_P(Aead, TakesKeysOfThirtyTwoBytesOnly) {
  EXPECT_EQ(code_of(backend_->schedule(GetParam().suite, noise(31))), ErrorCode::kMalformed);
  EXPECT_EQ(code_of(backend_->schedule(GetParam().suite, noise(33))), ErrorCode::kMalformed);
}

// Chunks, records and what lies around their borders, at every alignment, beside OpenSSL.
TEST_P(Aead, GivesTheSameBytesAtEveryLengthAndAlignment) {
  constexpr std::size_t kLongest = 16 * 1024 + 256;
  const Bytes text = noise(kLongest + 64, 7);
  Bytes expected(kLongest + kAeadTagSize), sealed(expected.size() + 64), opened(kLongest + 64);
  const auto judge = make_openssl_backend()->schedule(GetParam().suite, noise(32)).value();
  for (std::size_t size = 0; size <= kLongest; ++size) {
    const std::size_t off = size % 64;
    const auto plain = ByteView(text).subspan(off, size);
    const auto right = MutableByteView(expected).first(size + kAeadTagSize);
    const auto out = MutableByteView(sealed).subspan(63 - off, right.size());
    const auto back = MutableByteView(opened).subspan(off / 2, size);
    ASSERT_TRUE(judge->seal(nonce_, plain, right));
    ASSERT_TRUE(key_->seal(nonce_, plain, out)) << size;
    ASSERT_TRUE(std::ranges::equal(out, right)) << size;
    ASSERT_TRUE(open(out, back)) << size;
    ASSERT_TRUE(std::ranges::equal(back, plain)) << size;
  }
}

TEST_P(Aead, WritesNothingBesideItsBuffers) {
  for (const std::size_t size : {0u, 1u, 17u, 255u, 1000u, 16384u}) {
    Bytes sealed(size + kAeadTagSize + 128, 0xee), opened(size + 128, 0xee);
    const auto chunk = MutableByteView(sealed).subspan(64, size + kAeadTagSize);
    ASSERT_TRUE(key_->seal(nonce_, noise(size), chunk));
    ASSERT_TRUE(open(chunk, MutableByteView(opened).subspan(64, size)));
    for (const Bytes* buffer : {&sealed, &opened})
      for (std::size_t i = 0; i < 64; ++i)
        ASSERT_TRUE((*buffer)[i] == 0xee && (*buffer)[buffer->size() - 1 - i] == 0xee) << size;
  }
}

TEST_P(Aead, RefusesEveryCut) {
  const Bytes sealed = seal(noise(300));
  for (std::size_t cut = kAeadTagSize; cut < sealed.size(); ++cut) {
    Bytes plain(cut - kAeadTagSize);
    ASSERT_EQ(code_of(open(ByteView(sealed).first(cut), plain)), ErrorCode::kNotAuthentic) << cut;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Backends, Aead,
    testing::Values(Choice{"OpenSslAesGcm", openssl, Suite::kAes256Gcm},
                    Choice{"OpenSslChaCha", openssl, Suite::kChaCha20Poly1305},
                    Choice{"SodiumAesGcm", sodium, Suite::kAes256Gcm},
                    Choice{"SodiumChaCha", sodium, Suite::kChaCha20Poly1305},
                    Choice{"IpsecMbWideAesGcm", ipsecmb<Instructions::kWide>, Suite::kAes256Gcm},
                    Choice{"IpsecMbAvx2AesGcm", ipsecmb<Instructions::kAvx2>, Suite::kAes256Gcm},
                    Choice{"IpsecMbSseAesGcm", ipsecmb<Instructions::kSse>, Suite::kAes256Gcm},
                    Choice{"IpsecMbChaCha", ipsecmb<Instructions::kBest>,
                           Suite::kChaCha20Poly1305}),
    [](const auto& param) { return std::string(param.param.name); });

TEST(Suite, HasItsNameInTheRegistry) {
  EXPECT_STREQ(name(Suite::kAes256Gcm), "AEAD_AES_256_GCM");
  EXPECT_STREQ(name(Suite::kChaCha20Poly1305), "AEAD_CHACHA20_POLY1305");
}

}  // namespace
}  // namespace kerros::crypto
