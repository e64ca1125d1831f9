#include "crypto/aead.h"

#include <gtest/gtest.h>

#include "tests/support/sealed_file.h"

namespace kerros::crypto {
namespace {

using support::code_of;
using support::noise;
using support::noise_array;

struct Choice {
  bool openssl;
  Suite suite;
};

class Aead : public testing::TestWithParam<Choice> {
 protected:
  void SetUp() override {
    backend_ = GetParam().openssl ? make_openssl_backend() : make_sodium_backend();
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

INSTANTIATE_TEST_SUITE_P(Backends, Aead,
                         testing::Values(Choice{true, Suite::kAes256Gcm},
                                         Choice{true, Suite::kChaCha20Poly1305},
                                         Choice{false, Suite::kAes256Gcm},
                                         Choice{false, Suite::kChaCha20Poly1305}),
                         [](const auto& param) {
                           return std::string(param.param.openssl ? "OpenSsl" : "Sodium") +
                                  (param.param.suite == Suite::kAes256Gcm ? "AesGcm" : "ChaCha");
                         });

TEST(Backend, PassesItsKnownAnswers) {
  EXPECT_TRUE(self_test(*make_openssl_backend()));
  EXPECT_TRUE(self_test(*make_sodium_backend()));
}

TEST(Backend, GivesTheSameBytesAsTheOther) {
  const Status same = compare_backends(*make_openssl_backend(), *make_sodium_backend(), 500);
  EXPECT_TRUE(same) << same.error().detail;
}

TEST(Backend, RefusesASuiteItDoesNotHave) {
  EXPECT_FALSE(make_openssl_backend()->supports(Suite{3}));
  EXPECT_EQ(code_of(make_openssl_backend()->schedule(Suite{3}, noise(32))),
            ErrorCode::kUnavailable);
  EXPECT_EQ(code_of(make_sodium_backend()->schedule(Suite{3}, noise(32))), ErrorCode::kUnavailable);
}

// A backend that is right except where `spoil` says; around OpenSSL's.
class SpoiltBackend : public Backend {
 public:
  enum class Spoil { kSealing, kOpening, kNotChecking, kLongTexts };
  explicit SpoiltBackend(Spoil spoil) : spoil_(spoil) {}

  std::string_view name() const override { return "spoilt"; }
  bool supports(Suite suite) const override { return real_->supports(suite); }
  Result<std::unique_ptr<AeadKey>> schedule(Suite suite, ByteView key) const override {
    return std::make_unique<SpoiltKey>(spoil_, real_->schedule(suite, key).value());
  }

 private:
  class SpoiltKey : public AeadKey {
   public:
    SpoiltKey(Spoil spoil, std::unique_ptr<AeadKey> key) : spoil_(spoil), key_(std::move(key)) {}
    Status seal(const Nonce& nonce, ByteView plain, MutableByteView sealed) override {
      const Status done = key_->seal(nonce, plain, sealed);
      if (spoil_ == Spoil::kSealing || (spoil_ == Spoil::kLongTexts && plain.size() > 1000))
        sealed[0] ^= 1;
      return done;
    }
    Status open(const Nonce& nonce, ByteView sealed, MutableByteView plain) override {
      const Status done = key_->open(nonce, sealed, plain);
      if (spoil_ == Spoil::kOpening && !plain.empty()) plain[0] ^= 1;
      if (spoil_ == Spoil::kNotChecking) return {};
      return done;
    }

   private:
    Spoil spoil_;
    std::unique_ptr<AeadKey> key_;
  };

  Spoil spoil_;
  std::unique_ptr<Backend> real_ = make_openssl_backend();
};

TEST(SelfTest, SeesABackendThatIsWrong) {
  using Spoil = SpoiltBackend::Spoil;
  for (const Spoil spoil : {Spoil::kSealing, Spoil::kOpening, Spoil::kNotChecking})
    EXPECT_EQ(code_of(self_test(SpoiltBackend(spoil))), ErrorCode::kUnavailable);
}

TEST(SelfTest, SeesADifferenceThatKnownAnswersDoNotShow) {
  const SpoiltBackend spoilt(SpoiltBackend::Spoil::kLongTexts);
  EXPECT_TRUE(self_test(spoilt));
  EXPECT_EQ(code_of(compare_backends(spoilt, *make_openssl_backend(), 20)),
            ErrorCode::kUnavailable);
  EXPECT_EQ(code_of(compare_backends(*make_openssl_backend(), spoilt, 20)),
            ErrorCode::kUnavailable);
}

TEST(ChooseBackend, TakesTheFasterByItself) {
  EXPECT_EQ(choose_backend("auto").value()->name(), "openssl");
  EXPECT_EQ(choose_backend("openssl").value()->name(), "openssl");
}

TEST(ChooseBackend, TakesLibsodiumWhereItHasEverySuite) {
  const auto chosen = choose_backend("libsodium");
  if (make_sodium_backend()->supports(Suite::kAes256Gcm)) {
    EXPECT_EQ(chosen.value()->name(), "libsodium");
  } else {
    EXPECT_EQ(code_of(chosen), ErrorCode::kUnavailable);
  }
}

TEST(ChooseBackend, RefusesNamesItDoesNotKnow) {
  EXPECT_EQ(code_of(choose_backend("")), ErrorCode::kMalformed);
  EXPECT_EQ(code_of(choose_backend("OpenSSL")), ErrorCode::kMalformed);
}

TEST(Suite, HasItsNameInTheRegistry) {
  EXPECT_STREQ(name(Suite::kAes256Gcm), "AEAD_AES_256_GCM");
  EXPECT_STREQ(name(Suite::kChaCha20Poly1305), "AEAD_CHACHA20_POLY1305");
}

}  // namespace
}  // namespace kerros::crypto
