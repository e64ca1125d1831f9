#include "crypto/quickxor.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/support/sealed_file.h"

namespace kerros::crypto {
namespace {

using support::noise;

std::string hash(ByteView bytes) {
  QuickXor hasher;
  hasher.update(bytes);
  return to_base64(hasher.digest());
}

std::string hash_of_base64(std::string_view text) { return hash(from_base64(text).value()); }

// The definition, bit by bit: byte i goes in at bit 11 * i mod 160, then the length over the end.
QuickXorDigest by_definition(ByteView bytes) {
  QuickXorDigest digest{};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (std::size_t bit = 0; bit < 8; ++bit) {
      const std::size_t at = (11 * i + bit) % 160;
      if ((bytes[i] >> bit & 1) != 0) digest[at / 8] ^= static_cast<std::uint8_t>(1 << at % 8);
    }
  }
  for (std::size_t i = 0; i < 8; ++i)
    digest[12 + i] ^= static_cast<std::uint8_t>(bytes.size() >> (8 * i) & 0xff);
  return digest;
}

// rclone, backend/onedrive/quickxorhash/quickxorhash_test.go.
TEST(QuickXor, GivesTheAnswersOfRclone) {
  EXPECT_EQ(hash_of_base64(""), "AAAAAAAAAAAAAAAAAAAAAAAAAAA=");
  EXPECT_EQ(hash_of_base64("Sg=="), "SgAAAAAAAAAAAAAAAQAAAAAAAAA=");
  EXPECT_EQ(hash_of_base64("tbQ="), "taAFAAAAAAAAAAAAAgAAAAAAAAA=");
  EXPECT_EQ(hash_of_base64("jRRDVA=="), "jaDAEKgAAAAAAAAABAAAAAAAAAA=");
  EXPECT_EQ(hash_of_base64("/aNzzCFPS/A="), "/RjFHJgRgicsAR4ACAAAAAAAAAA=");
  EXPECT_EQ(hash_of_base64("XoJ1AsoR4fDYJrDqYs4="), "XhBEHQSgjAiEAx7YPgEs1CEGZwA=");
  EXPECT_EQ(hash_of_base64("gQaybEqS/4UlDc8e4IJm"), "gDCALNigBEn8oxAlZ8AzPAAOQZg=");
  EXPECT_EQ(hash_of_base64("2fuxhBJXtpWFe8dOfdGeHw=="), "O9tHLAghgSvYohKFyMMxnNCHaHg=");
  EXPECT_EQ(hash_of_base64("T6LYJIfDh81JrAK309H2JMJTXis="), "zBTHrspn3mEcohlJdIUAbjGNaNg=");
  EXPECT_EQ(hash_of_base64("Mb7EGva2rEE5fENDL85P+BsapHEEjv2/siVhKjvAQe02feExVOQSkfmuYzU/kTF1MaKj"
                           "PmKF/w+cbvwfdWL8aQ=="),
            "n1anP5NfvD4XDYWIeRPW3ZkPv1Y=");
}

Bytes counting(std::size_t size, std::size_t modulus) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i % modulus);
  return bytes;
}

TEST(QuickXor, GivesKnownAnswersForLongerTexts) {
  EXPECT_EQ(hash(as_bytes("hello world")), "aCgDG9jwBhDc4Q1yawMZAAAAAAA=");
  EXPECT_EQ(hash(Bytes(160, 0)), "AAAAAAAAAAAAAAAAoAAAAAAAAAA=");
  EXPECT_EQ(hash(Bytes(161, 0xff)), "/wAAAAAAAAAAAAAAoQAAAAAAAAA=");
  EXPECT_EQ(hash(counting(65536, 256)), "QkGEfSisZcA7k+FCh7xq2dbCayY=");
  EXPECT_EQ(hash(counting(1048576, 251)), "pVcWCkWK/HTa4DMyE2B1A1Y9XyM=");
  EXPECT_EQ(hash(Bytes(327680, 'A')), "AAAAAAAAAAAAAAAAAAAFAAAAAAA=");
}

TEST(QuickXor, FollowsTheDefinitionAtEveryShortLength) {
  const Bytes bytes = noise(500);
  for (std::size_t size = 0; size <= bytes.size(); ++size) {
    QuickXor hasher;
    hasher.update(ByteView(bytes).first(size));
    ASSERT_EQ(hasher.digest(), by_definition(ByteView(bytes).first(size))) << size;
  }
}

RC_GTEST_PROP(QuickXorProperty, SplitsDoNotMatter, ()) {
  const auto size = *rc::gen::inRange<std::size_t>(0, 3000);
  const Bytes bytes = noise(size, *rc::gen::inRange<std::uint64_t>(1, 1000));
  QuickXor hasher;
  for (ByteView rest = bytes; !rest.empty();) {
    const auto part =
        *rc::gen::inRange<std::size_t>(1, std::min<std::size_t>(rest.size(), 700) + 1);
    hasher.update(rest.first(part));
    rest = rest.subspan(part);
    if (*rc::gen::inRange(0, 4) == 0) hasher = QuickXor::restore(hasher.save()).value();
    if (*rc::gen::inRange(0, 4) == 0) hasher.digest();
  }
  RC_ASSERT(hasher.digest() == by_definition(bytes));
  RC_ASSERT(hasher.length() == size);
}

TEST(QuickXor, GoesOnAfterARestoreAtEveryPosition) {
  const Bytes bytes = noise(700);
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    QuickXor first;
    first.update(ByteView(bytes).first(cut));
    QuickXor second = QuickXor::restore(first.save()).value();
    ASSERT_EQ(second.digest(), first.digest());
    second.update(ByteView(bytes).subspan(cut));
    ASSERT_EQ(second.digest(), by_definition(bytes)) << cut;
  }
}

TEST(QuickXor, SavesTheSameBytesForTheSameState) {
  QuickXor hasher;
  hasher.update(noise(1234));
  const auto saved = hasher.save();
  EXPECT_EQ(QuickXor::restore(saved).value().save(), saved);
  EXPECT_EQ(load_be<std::uint64_t>(ByteView(saved).subspan(20)), 1234u);
}

TEST(QuickXor, CountsPastThirtyTwoBits) {
  std::array<std::uint8_t, 28> saved{};
  store_be(MutableByteView(saved).subspan(20), std::uint64_t{0x0102030405060708});
  const QuickXorDigest digest = QuickXor::restore(saved).value().digest();
  EXPECT_EQ(to_hex(digest), "0000000000000000000000000807060504030201");
}

TEST(QuickXor, RefusesASavedStateOfAnotherSize) {
  EXPECT_EQ(support::code_of(QuickXor::restore(Bytes(27))), ErrorCode::kMalformed);
  EXPECT_EQ(support::code_of(QuickXor::restore(Bytes(29))), ErrorCode::kMalformed);
}

}  // namespace
}  // namespace kerros::crypto
