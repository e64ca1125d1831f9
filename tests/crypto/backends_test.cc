// Which backend serves, and what keeps a wrong one from serving.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "crypto/aead.h"
#include "crypto/ipsecmb.h"
#include "tests/support/sealed_file.h"

namespace kerros::crypto {
namespace {

using support::code_of;
using support::noise;
using support::noise_array;

// What this machine has, whatever it is.
std::vector<std::unique_ptr<Backend>> all_backends() {
  std::vector<std::unique_ptr<Backend>> all;
  all.push_back(make_openssl_backend());
  all.push_back(make_sodium_backend());
  for (const Instructions instructions :
       {Instructions::kWide, Instructions::kAvx2, Instructions::kSse})
    if (auto made = make_ipsecmb_backend(instructions)) all.push_back(std::move(*made));
  return all;
}

Status compare_all_suites(const Backend& a, const Backend& b, int rounds) {
  for (const Suite suite : {Suite::kAes256Gcm, Suite::kChaCha20Poly1305}) {
    if (!a.supports(suite) || !b.supports(suite)) continue;
    if (auto same = compare_backends(a, b, suite, rounds); !same) return same;
  }
  return {};
}

TEST(Backend, PassesItsKnownAnswers) {
  for (const auto& backend : all_backends()) EXPECT_TRUE(self_test(*backend)) << backend->name();
}

TEST(Backend, GivesTheSameBytesAsEveryOther) {
  const auto all = all_backends();
  for (const auto& one : all) {
    for (const auto& other : all) {
      const Status same = compare_all_suites(*one, *other, 300);
      EXPECT_TRUE(same) << same.error().detail;
    }
  }
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
  EXPECT_EQ(code_of(compare_all_suites(spoilt, *make_openssl_backend(), 20)),
            ErrorCode::kUnavailable);
  EXPECT_EQ(code_of(compare_all_suites(*make_openssl_backend(), spoilt, 20)),
            ErrorCode::kUnavailable);
}

std::string_view name_of_chosen(std::string_view wanted) {
  return choose_backend(wanted).value().backend->name();
}

// The library is missing, right, or wrong; and was asked for what "auto" and force ask for.
Result<std::unique_ptr<Backend>> missing(Instructions) {
  return fail(ErrorCode::kUnavailable, "no such library");
}
template <SpoiltBackend::Spoil kSpoil>
Result<std::unique_ptr<Backend>> spoilt(Instructions) {
  return std::make_unique<SpoiltBackend>(kSpoil);
}
Result<std::unique_ptr<Backend>> fit_if_wide(Instructions instructions) {
  if (instructions != Instructions::kWide) return missing(instructions);
  return make_sodium_backend();
}
Result<std::unique_ptr<Backend>> fit_if_best(Instructions instructions) {
  if (instructions != Instructions::kBest) return missing(instructions);
  return make_sodium_backend();
}

TEST(ChooseBackend, TakesTheWideLibraryByItselfWhereItServes) {
  const bool wide = make_ipsecmb_backend(Instructions::kWide).has_value();
  const auto chosen = choose_backend("auto").value();
  EXPECT_EQ(chosen.backend->name(), wide ? "ipsec-mb" : "openssl");
  EXPECT_EQ(chosen.passed_over.empty(), wide) << chosen.passed_over;
}

TEST(ChooseBackend, TakesOpenSslAndSaysWhyWhereTheLibraryIsMissing) {
  const auto chosen = choose_backend("auto", missing).value();
  EXPECT_EQ(chosen.backend->name(), "openssl");
  EXPECT_EQ(chosen.passed_over, "no such library");
  EXPECT_EQ(code_of(choose_backend("ipsec-mb", missing)), ErrorCode::kUnavailable);
}

TEST(ChooseBackend, NeverTakesALibraryThatIsWrong) {
  using Spoil = SpoiltBackend::Spoil;
  for (const MakeIpsecMb wrong : {spoilt<Spoil::kSealing>, spoilt<Spoil::kOpening>,
                                  spoilt<Spoil::kNotChecking>, spoilt<Spoil::kLongTexts>}) {
    const auto chosen = choose_backend("auto", wrong).value();
    EXPECT_EQ(chosen.backend->name(), "openssl");
    EXPECT_THAT(chosen.passed_over, testing::HasSubstr("spoilt"));
    EXPECT_EQ(code_of(choose_backend("ipsec-mb", wrong)), ErrorCode::kUnavailable);
  }
}

TEST(ChooseBackend, AsksForAWideCpuOnlyWhereNobodyForcesIt) {
  if (!make_sodium_backend()->supports(Suite::kAes256Gcm)) GTEST_SKIP() << "not on this CPU";
  EXPECT_EQ(choose_backend("auto", fit_if_wide).value().backend->name(), "libsodium");
  EXPECT_EQ(choose_backend("auto", fit_if_best).value().backend->name(), "openssl");
  EXPECT_EQ(choose_backend("ipsec-mb", fit_if_best).value().backend->name(), "libsodium");
}

TEST(ChooseBackend, LeavesTheLibraryAloneWhereAnotherIsForced) {
  EXPECT_EQ(name_of_chosen("openssl"), "openssl");
  EXPECT_EQ(choose_backend("openssl", fit_if_wide).value().backend->name(), "openssl");
  EXPECT_EQ(choose_backend("openssl", missing).value().passed_over, "");
}

TEST(ChooseBackend, TakesIpsecMbByForceOnEveryCpuThatItServes) {
  if (!make_ipsecmb_backend(Instructions::kBest)) GTEST_SKIP() << "not on this machine";
  EXPECT_EQ(name_of_chosen("ipsec-mb"), "ipsec-mb");
}

TEST(ChooseBackend, TakesLibsodiumWhereItHasEverySuite) {
  const auto chosen = choose_backend("libsodium");
  if (make_sodium_backend()->supports(Suite::kAes256Gcm)) {
    EXPECT_EQ(chosen.value().backend->name(), "libsodium");
  } else {
    EXPECT_EQ(code_of(chosen), ErrorCode::kUnavailable);
  }
}

TEST(ChooseBackend, RefusesNamesItDoesNotKnow) {
  EXPECT_EQ(code_of(choose_backend("")), ErrorCode::kMalformed);
  EXPECT_EQ(code_of(choose_backend("OpenSSL")), ErrorCode::kMalformed);
}

TEST(IpsecMb, SaysWhichFileItDidNotFind) {
  const auto loaded = IpsecMb::load(Instructions::kBest, "libkerros-has-no-such-library.so.1");
  EXPECT_EQ(code_of(loaded), ErrorCode::kUnavailable);
  EXPECT_THAT(loaded.error().detail, testing::HasSubstr("libkerros-has-no-such-library.so.1"));
}

TEST(IpsecMb, RefusesALibraryThatIsSomethingElse) {
  EXPECT_EQ(code_of(IpsecMb::load(Instructions::kBest, "libc.so.6")), ErrorCode::kUnavailable);
}

// A key made anew where another was, looked at in between.
TEST(GcmKey, LeavesNothingOfItselfBehind) {
  const auto library = IpsecMb::load(Instructions::kBest);
  if (!library) GTEST_SKIP() << library.error().detail;
  alignas(GcmKey) std::array<std::uint8_t, sizeof(GcmKey)> memory{};
  auto* key = new (memory.data()) GcmKey(library->aes256(), noise(32));
  Bytes sealed(100);
  std::array<std::uint8_t, kAeadTagSize> tag{};
  key->seal(noise_array<12>(2), noise(100), sealed.data(), tag);
  EXPECT_GT(1024 - std::ranges::count(memory, 0), 200);
  std::destroy_at(key);
  EXPECT_GE(std::ranges::count(memory, 0), std::ptrdiff_t{1024 + 96});
}

}  // namespace
}  // namespace kerros::crypto
