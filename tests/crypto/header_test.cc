#include "crypto/header.h"

#include <gtest/gtest.h>

#include "tests/support/sealed_file.h"

namespace kerros::crypto {
namespace {

using support::code_of;
using support::noise_array;

Header some_header(bool has_recovery = false) {
  return {.suite = Suite::kChaCha20Poly1305,
          .has_recovery = has_recovery,
          .tenant = noise_array<16>(1),
          .unit = noise_array<16>(2),
          .key = noise_array<16>(3)};
}

Prefix some_prefix(bool has_recovery) {
  Prefix prefix;
  prefix.header = some_header(has_recovery);
  prefix.header_bytes = encode(prefix.header);
  if (has_recovery) std::ranges::copy(noise_array<88>(4), prefix.recovery.begin());
  prefix.salt = noise_array<24>(5);
  prefix.commitment = noise_array<32>(6);
  return prefix;
}

TEST(Header, LiesAtFixedOffsets) {
  const HeaderBytes bytes = encode(some_header(true));
  EXPECT_EQ(to_hex(ByteView(bytes).first(16)),
            "8b4b52530d0a1a0a"
            "0001"
            "0002"
            "00000001");
  EXPECT_EQ(to_hex(ByteView(bytes).subspan(16, 16)), to_hex(noise_array<16>(1)));
  EXPECT_EQ(to_hex(ByteView(bytes).subspan(32, 16)), to_hex(noise_array<16>(2)));
  EXPECT_EQ(to_hex(ByteView(bytes).subspan(48, 16)), to_hex(noise_array<16>(3)));
  EXPECT_EQ(to_hex(ByteView(bytes).subspan(64)), std::string(384, '0'));
}

TEST(Header, ComesBackAsItWas) {
  for (const bool has_recovery : {false, true}) {
    const Header header = some_header(has_recovery);
    EXPECT_EQ(decode_header(encode(header)).value(), header);
  }
}

TEST(Header, NeedsItsWholeLength) {
  const HeaderBytes bytes = encode(some_header());
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_EQ(code_of(decode_header(ByteView(bytes).first(size))), ErrorCode::kTruncated);
}

TEST(Header, RefusesEveryOtherMagic) {
  for (std::size_t bit = 0; bit < 64; ++bit) {
    HeaderBytes bytes = encode(some_header());
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    EXPECT_EQ(code_of(decode_header(bytes)), ErrorCode::kMalformed);
    EXPECT_FALSE(has_magic(bytes));
  }
}

TEST(Header, RefusesVersionsSuitesAndFlagsItDoesNotKnow) {
  for (std::size_t at = format::kVersionAt; at < format::kTenantAt; ++at) {
    HeaderBytes bytes = encode(some_header());
    bytes[at] ^= 0x40;
    EXPECT_EQ(code_of(decode_header(bytes)), ErrorCode::kUnknownVersion) << at;
  }
  HeaderBytes bytes = encode(some_header());
  bytes[format::kSuiteAt + 1] = 0;
  EXPECT_EQ(code_of(decode_header(bytes)), ErrorCode::kUnknownVersion);
}

TEST(Header, RefusesBytesThatMustBeZero) {
  for (std::size_t at = format::kTrueSizeAt; at < format::kHeaderSize; ++at) {
    HeaderBytes bytes = encode(some_header());
    bytes[at] = 1;
    EXPECT_EQ(code_of(decode_header(bytes)), ErrorCode::kMalformed) << at;
  }
}

TEST(Header, SaysUnknownVersionBeforeItJudgesTheRest) {
  HeaderBytes bytes = encode(some_header());
  bytes[format::kVersionAt + 1] = 2;
  bytes[format::kUnusedAt] = 1;
  EXPECT_EQ(code_of(decode_header(bytes)), ErrorCode::kUnknownVersion);
}

TEST(Magic, IsSeenInTheFirstEightBytes) {
  EXPECT_TRUE(has_magic(format::kMagic));
  EXPECT_FALSE(has_magic(ByteView(format::kMagic).first(7)));
  EXPECT_FALSE(has_magic({}));
}

TEST(Prefix, ComesBackAsItWas) {
  for (const bool has_recovery : {false, true}) {
    const Prefix prefix = some_prefix(has_recovery);
    const PrefixBytes bytes = encode(prefix);
    const Prefix back = decode_prefix(bytes).value();
    EXPECT_EQ(back.header, prefix.header);
    EXPECT_EQ(back.recovery, prefix.recovery);
    EXPECT_EQ(back.salt, prefix.salt);
    EXPECT_EQ(back.commitment, prefix.commitment);
    EXPECT_EQ(encode(back), bytes);
  }
}

TEST(Prefix, NeedsItsWholeLength) {
  const PrefixBytes bytes = encode(some_prefix(false));
  for (const std::size_t size : {0u, 8u, 256u, 456u, 480u, 511u})
    EXPECT_EQ(code_of(decode_prefix(ByteView(bytes).first(size))), ErrorCode::kTruncated);
}

TEST(Prefix, RefusesARecoveryWrapThatTheFlagDenies) {
  for (std::size_t at = 0; at < format::kRecoverySize; ++at) {
    Prefix prefix = some_prefix(false);
    prefix.recovery[at] = 1;
    EXPECT_EQ(code_of(decode_prefix(encode(prefix))), ErrorCode::kMalformed) << at;
  }
}

TEST(Prefix, RefusesBytesBehindTheRecoveryWrap) {
  for (std::size_t at = format::kRecoveryUnusedAt; at < format::kRecoverySize; ++at) {
    Prefix prefix = some_prefix(true);
    prefix.recovery[at] = 1;
    EXPECT_EQ(code_of(decode_prefix(encode(prefix))), ErrorCode::kMalformed) << at;
  }
}

}  // namespace
}  // namespace kerros::crypto
