#include "crypto/opener.h"

#include <gtest/gtest.h>

#include "tests/support/sealed_file.h"

namespace kerros::crypto {
namespace {

using support::code_of;
using support::noise;
using support::seal_file;
using support::SealedFile;

// Says yes to every chunk: whatever is refused with it was refused before any cipher call.
class CredulousBackend : public Backend {
 public:
  std::string_view name() const override { return "credulous"; }
  bool supports(Suite) const override { return true; }
  Result<std::unique_ptr<AeadKey>> schedule(Suite, ByteView) const override {
    ++schedules;
    return std::make_unique<CredulousKey>();
  }
  mutable int schedules = 0;

 private:
  struct CredulousKey : AeadKey {
    Status seal(const Nonce&, ByteView, MutableByteView) override { return {}; }
    Status open(const Nonce&, ByteView, MutableByteView) override { return {}; }
  };
};

class OpenerOf : public testing::Test {
 protected:
  Opener open() { return Opener::make(*backend_, prefix(), file_.dek).value(); }
  Prefix prefix() const { return decode_prefix(file_.sealed).value(); }
  ByteView chunk(std::uint64_t number) const {
    const ByteView rest = ByteView(file_.sealed).subspan(sealed_offset_of_chunk(number));
    return rest.first(std::min<std::size_t>(rest.size(), format::kSealedChunkSize));
  }
  static Status open_into_nothing(Opener& opener, std::uint64_t number, Last last,
                                  ByteView sealed) {
    Bytes plain(sealed.size() < 16 ? 0 : sealed.size() - 16);
    return opener.open_chunk(number, last, sealed, plain);
  }

  std::unique_ptr<Backend> backend_ = make_openssl_backend();
  SealedFile file_ = seal_file(*backend_, 16384 + 100);
};

TEST_F(OpenerOf, AFileOpensItsChunksInAnyOrder) {
  Opener opener = open();
  Bytes last(100), first(16384);
  ASSERT_TRUE(opener.open_chunk(1, Last::kYes, chunk(1), last));
  ASSERT_TRUE(opener.open_chunk(0, Last::kNo, chunk(0), first));
  EXPECT_TRUE(std::ranges::equal(first, ByteView(file_.plain).first(16384)));
  EXPECT_TRUE(std::ranges::equal(last, ByteView(file_.plain).subspan(16384)));
}

TEST_F(OpenerOf, AFileOpensInPlace) {
  Opener opener = open();
  const MutableByteView sealed = MutableByteView(file_.sealed).subspan(512, 16400);
  ASSERT_TRUE(opener.open_chunk(0, Last::kNo, sealed, sealed.first(16384)));
  EXPECT_TRUE(std::ranges::equal(sealed.first(16384), ByteView(file_.plain).first(16384)));
}

TEST_F(OpenerOf, AFileRefusesAChunkUnderAnotherNumber) {
  Opener opener = open();
  for (const std::uint64_t number : {1ull, 2ull, 256ull, 1ull << 37})
    EXPECT_EQ(code_of(open_into_nothing(opener, number, Last::kNo, chunk(0))),
              ErrorCode::kNotAuthentic);
  EXPECT_EQ(code_of(open_into_nothing(opener, 0, Last::kYes, chunk(1))), ErrorCode::kNotAuthentic);
}

TEST_F(OpenerOf, AFileRefusesChunksOfImpossibleLength) {
  Opener opener = open();
  const Bytes bytes(16401);
  const auto code = [&](Last last, std::size_t size) {
    return code_of(open_into_nothing(opener, 0, last, ByteView(bytes).first(size)));
  };
  EXPECT_EQ(code(Last::kNo, 16399), ErrorCode::kTruncated);
  EXPECT_EQ(code(Last::kNo, 0), ErrorCode::kTruncated);
  EXPECT_EQ(code(Last::kNo, 16401), ErrorCode::kTrailingData);
  EXPECT_EQ(code(Last::kYes, 0), ErrorCode::kTruncated);
  EXPECT_EQ(code(Last::kYes, 15), ErrorCode::kTruncated);
  EXPECT_EQ(code(Last::kYes, 16400), ErrorCode::kTruncated);
  EXPECT_EQ(code(Last::kYes, 16401), ErrorCode::kTrailingData);
  EXPECT_EQ(code(Last::kYes, 16), ErrorCode::kNotAuthentic);
}

// An author who holds the key can seal a full chunk and nothing behind it; no reader takes that.
TEST_F(OpenerOf, AFileRefusesAFinalChunkOfFullSizeThatIsAuthentic) {
  Opener opener = open();
  EXPECT_TRUE(open_into_nothing(opener, 0, Last::kNo, chunk(0)));
  EXPECT_EQ(code_of(open_into_nothing(opener, 0, Last::kYes, chunk(0))), ErrorCode::kTruncated);
}

TEST_F(OpenerOf, AFileRefusesNumbersThatNoFileReaches) {
  Opener opener = open();
  EXPECT_EQ(code_of(open_into_nothing(opener, 1ull << 38, Last::kNo, chunk(0))),
            ErrorCode::kTrailingData);
}

TEST_F(OpenerOf, AFileComparesTheCommitmentBeforeAnyCipherCall) {
  const CredulousBackend credulous;
  Prefix other = prefix();
  other.commitment[31] ^= 1;
  EXPECT_EQ(code_of(Opener::make(credulous, other, file_.dek)), ErrorCode::kNotAuthentic);
  EXPECT_EQ(code_of(Opener::make(credulous, prefix(), noise(32, 99))), ErrorCode::kNotAuthentic);
  EXPECT_EQ(credulous.schedules, 0);
  EXPECT_TRUE(Opener::make(credulous, prefix(), file_.dek).has_value());
  EXPECT_EQ(credulous.schedules, 1);
}

TEST_F(OpenerOf, AFileRefusesAHeaderThatItsBytesDeny) {
  Prefix other = prefix();
  other.header.suite = Suite::kChaCha20Poly1305;
  EXPECT_EQ(code_of(Opener::make(*backend_, other, file_.dek)), ErrorCode::kMalformed);
}

TEST_F(OpenerOf, AFileNeedsAWholeKey) {
  EXPECT_EQ(code_of(Opener::make(*backend_, prefix(), noise(31))), ErrorCode::kMalformed);
}

TEST_F(OpenerOf, EverySuiteOpensOnEveryBackend) {
  const auto sodium = make_sodium_backend();
  for (const Suite suite : {Suite::kAes256Gcm, Suite::kChaCha20Poly1305}) {
    if (!sodium->supports(suite)) continue;
    const SealedFile file = seal_file(*sodium, 40000, suite);
    EXPECT_EQ(support::open_file(*backend_, file.sealed, file.dek).value(), file.plain);
    EXPECT_EQ(seal_file(*backend_, 40000, suite).sealed, file.sealed);
  }
}

}  // namespace
}  // namespace kerros::crypto
