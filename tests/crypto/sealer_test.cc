#include "crypto/sealer.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/support/sealed_file.h"

namespace kerros::crypto {
namespace {

using support::code_of;
using support::noise;
using support::noise_array;

class SealerOf : public testing::Test {
 protected:
  Sealer make(const Header& header = {}) {
    return Sealer::make(*backend_, header, noise_array<24>(1), noise_array<32>(2)).value();
  }
  static Bytes seal(Sealer& sealer, std::uint64_t number, ByteView plain) {
    Bytes sealed(plain.size() + format::kTagSize);
    EXPECT_TRUE(sealer.seal_chunk(number, plain, sealed));
    return sealed;
  }

  std::unique_ptr<Backend> backend_ = make_openssl_backend();
};

TEST_F(SealerOf, AFileGivesItsPrefix) {
  const Header header{.has_recovery = true, .key = noise_array<16>(3)};
  const Sealer sealer = make(header);
  RecoveryBytes recovery{};
  recovery[0] = 7;
  const Prefix prefix = decode_prefix(sealer.prefix(recovery)).value();
  EXPECT_EQ(prefix.header, header);
  EXPECT_EQ(prefix.recovery, recovery);
  EXPECT_EQ(prefix.salt, sealer.salt());
  EXPECT_EQ(prefix.commitment, sealer.commitment());
  EXPECT_EQ(prefix.header_bytes, sealer.header_bytes());
}

TEST_F(SealerOf, AFileSealsChunksInAnyOrderAlike) {
  Sealer forth = make();
  Sealer back = make();
  const Bytes zero = noise(16384, 5), one = noise(16384, 6), two = noise(10, 7);
  const Bytes sealed_zero = seal(forth, 0, zero);
  const Bytes sealed_one = seal(forth, 1, one);
  const Bytes sealed_two = seal(forth, 2, two);
  EXPECT_EQ(seal(back, 2, two), sealed_two);
  EXPECT_EQ(seal(back, 0, zero), sealed_zero);
  EXPECT_EQ(seal(back, 1, one), sealed_one);
}

TEST_F(SealerOf, AFileSealsEqualChunksToDifferentBytes) {
  Sealer sealer = make();
  std::set<Bytes> seen;
  for (const std::uint64_t number : {0ull, 1ull, 2ull, 255ull, 256ull, 65536ull, (1ull << 38) - 1})
    seen.insert(seal(sealer, number, Bytes(64, 0)));
  EXPECT_EQ(seen.size(), 7u);
}

TEST_F(SealerOf, AFileSealsInPlace) {
  Sealer sealer = make();
  Bytes buffer = noise(16384);
  const Bytes expected = seal(sealer, 3, buffer);
  buffer.resize(16400);
  ASSERT_TRUE(sealer.seal_chunk(3, ByteView(buffer).first(16384), buffer));
  EXPECT_EQ(buffer, expected);
}

TEST_F(SealerOf, AFileRefusesOversizedChunks) {
  Sealer sealer = make();
  Bytes sealed(16401);
  EXPECT_EQ(code_of(sealer.seal_chunk(0, noise(16385), sealed)), ErrorCode::kMalformed);
  EXPECT_EQ(code_of(sealer.seal_chunk(0, noise(16384), sealed)), ErrorCode::kMalformed);
}

TEST_F(SealerOf, AFileStopsWhereTheNoncesOfOneKeyEnd) {
  Sealer sealer = make();
  Bytes sealed(16);
  EXPECT_EQ(code_of(sealer.seal_chunk(1ull << 38, {}, sealed)), ErrorCode::kFull);
  EXPECT_EQ(code_of(sealer.seal_chunk(UINT64_MAX, {}, sealed)), ErrorCode::kFull);
}

TEST_F(SealerOf, AFileNeedsAWholeKeyAndAKnownSuite) {
  EXPECT_EQ(code_of(Sealer::make(*backend_, {}, {}, noise(31))), ErrorCode::kMalformed);
  EXPECT_EQ(code_of(Sealer::make(*backend_, {.suite = Suite{9}}, {}, noise(32))),
            ErrorCode::kUnavailable);
}

TEST_F(SealerOf, AFileMoves) {
  Sealer first = make();
  const Bytes expected = seal(first, 1, noise(5));
  Sealer second = std::move(first);
  EXPECT_EQ(seal(second, 1, noise(5)), expected);
}

}  // namespace
}  // namespace kerros::crypto
