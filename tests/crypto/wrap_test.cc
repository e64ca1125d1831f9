#include "crypto/wrap.h"

#include <gtest/gtest.h>

#include "tests/support/sealed_file.h"

namespace kerros::crypto {
namespace {

using support::code_of;
using support::noise;
using support::noise_array;

WrapContext some_context() {
  return {.tenant = noise_array<16>(1),
          .unit = noise_array<16>(2),
          .kek = noise_array<16>(3),
          .kek_version = 4,
          .key = noise_array<16>(5),
          .header = noise_array<256>(6),
          .commitment = noise_array<32>(7)};
}

class DekWrap : public testing::Test {
 protected:
  Status unwrap(const WrapContext& context, const WrappedKey& wrapped) {
    return unwrap_dek(kek_, context, wrapped, out_);
  }

  Kek kek_ = Kek::copy_of(noise_array<32>(8)).value();
  std::array<std::uint8_t, 32> dek_ = noise_array<32>(9);
  std::array<std::uint8_t, 32> out_{};
  WrappedKey wrapped_ = wrap_dek(kek_, some_context(), dek_);
};

TEST_F(DekWrap, GivesTheKeyBack) {
  ASSERT_TRUE(unwrap(some_context(), wrapped_));
  EXPECT_EQ(out_, dek_);
}

TEST_F(DekWrap, IsDifferentEveryTime) { EXPECT_NE(wrap_dek(kek_, some_context(), dek_), wrapped_); }

TEST_F(DekWrap, RefusesEveryFlippedBit) {
  for (std::size_t bit = 0; bit < wrapped_.size() * 8; ++bit) {
    WrappedKey changed = wrapped_;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    EXPECT_EQ(code_of(unwrap(some_context(), changed)), ErrorCode::kNotAuthentic) << bit;
  }
  EXPECT_EQ(out_, (std::array<std::uint8_t, 32>{})) << "nothing is left behind";
}

TEST_F(DekWrap, IsBoundToEveryFieldOfItsContext) {
  std::vector<WrapContext> others(8, some_context());
  others[0].tenant[0] ^= 1;
  others[1].unit[15] ^= 1;
  others[2].kek[7] ^= 1;
  others[3].kek_version ^= 1;
  others[4].kek_version ^= 0x8000'0000u;
  others[5].key[0] ^= 1;
  others[6].header[255] ^= 1;
  others[7].commitment[31] ^= 1;
  for (const auto& other : others)
    EXPECT_EQ(code_of(unwrap(other, wrapped_)), ErrorCode::kNotAuthentic);
}

TEST_F(DekWrap, DoesNotLetFieldsTradePlaces) {
  WrapContext other = some_context();
  std::swap(other.tenant, other.unit);
  EXPECT_EQ(code_of(unwrap(other, wrapped_)), ErrorCode::kNotAuthentic);
}

TEST_F(DekWrap, NeedsItsOwnKek) {
  kek_ = Kek::random().value();
  EXPECT_EQ(code_of(unwrap(some_context(), wrapped_)), ErrorCode::kNotAuthentic);
}

class RecoveryWrap : public testing::Test {
 protected:
  RecoveryWrap() {
    prefix_.header.has_recovery = true;
    prefix_.header_bytes = encode(prefix_.header);
    prefix_.commitment = noise_array<32>(3);
    prefix_.recovery =
        wrap_recovery(epoch_key_, epoch_, prefix_.header_bytes, prefix_.commitment, dek_);
  }

  RecoveryEpochKey epoch_key_ = RecoveryEpochKey::copy_of(noise_array<32>(1)).value();
  Id epoch_ = noise_array<16>(2);
  std::array<std::uint8_t, 32> dek_ = noise_array<32>(4);
  std::array<std::uint8_t, 32> out_{};
  Prefix prefix_;
};

TEST_F(RecoveryWrap, GivesTheKeyBackAndFitsThePrefix) {
  const Prefix stored = decode_prefix(encode(prefix_)).value();
  ASSERT_TRUE(unwrap_recovery(epoch_key_, stored, out_));
  EXPECT_EQ(out_, dek_);
  EXPECT_TRUE(std::equal(epoch_.begin(), epoch_.end(), stored.recovery.begin()));
}

TEST_F(RecoveryWrap, RefusesEveryFlippedBitOfNonceAndWrap) {
  for (std::size_t bit = format::kWrapNonceAt * 8; bit < format::kRecoveryUnusedAt * 8; ++bit) {
    Prefix changed = prefix_;
    changed.recovery[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    EXPECT_EQ(code_of(unwrap_recovery(epoch_key_, changed, out_)), ErrorCode::kNotAuthentic);
  }
}

TEST_F(RecoveryWrap, IsBoundToHeaderAndCommitment) {
  Prefix header = prefix_, commitment = prefix_;
  header.header_bytes[format::kKeyIdAt] ^= 1;
  commitment.commitment[0] ^= 1;
  EXPECT_EQ(code_of(unwrap_recovery(epoch_key_, header, out_)), ErrorCode::kNotAuthentic);
  EXPECT_EQ(code_of(unwrap_recovery(epoch_key_, commitment, out_)), ErrorCode::kNotAuthentic);
}

TEST_F(RecoveryWrap, NeedsItsOwnEpochKey) {
  const auto other = RecoveryEpochKey::random().value();
  EXPECT_EQ(code_of(unwrap_recovery(other, prefix_, out_)), ErrorCode::kNotAuthentic);
}

TEST_F(RecoveryWrap, IsNotFoundWhereTheFlagIsNotSet) {
  prefix_.header.has_recovery = false;
  EXPECT_EQ(code_of(unwrap_recovery(epoch_key_, prefix_, out_)), ErrorCode::kNotFound);
}

class ValueWrap : public testing::Test {
 protected:
  ErrorCode code(std::string_view label, std::string_view context, ByteView sealed) {
    return code_of(open_value(key_, label, as_bytes(context), sealed));
  }

  Bytes key_ = noise(32);
  Bytes sealed_ = seal_value(key_, "kerros/1/test", as_bytes("context"), as_bytes("value"));
};

TEST_F(ValueWrap, GivesTheValueBack) {
  const auto value = open_value(key_, "kerros/1/test", as_bytes("context"), sealed_).value();
  EXPECT_EQ(as_text(value.reveal()), "value");
  EXPECT_EQ(sealed_.size(), 24u + 5 + 16);
}

TEST_F(ValueWrap, OpensIntoBytesOfTheCaller) {
  const auto into = [&](ByteView sealed, Bytes& value) {
    return open_value_into(key_, "kerros/1/test", as_bytes("context"), sealed, value);
  };
  Bytes value(5), other(6);
  ASSERT_TRUE(into(sealed_, value));
  EXPECT_EQ(as_text(value), "value");
  EXPECT_EQ(code_of(into(sealed_, other)), ErrorCode::kMalformed);
  EXPECT_EQ(code_of(into(ByteView(sealed_).first(39), other)), ErrorCode::kTruncated);
  sealed_.back() ^= 1;
  EXPECT_EQ(code_of(into(sealed_, value)), ErrorCode::kNotAuthentic);
  EXPECT_EQ(value, Bytes(5, 0));
}

TEST_F(ValueWrap, MayHoldNothing) {
  const Bytes sealed = seal_value(key_, "a", {}, {});
  EXPECT_EQ(open_value(key_, "a", {}, sealed).value().size(), 0u);
}

TEST_F(ValueWrap, IsBoundToLabelContextAndKey) {
  EXPECT_EQ(code("kerros/1/tesT", "context", sealed_), ErrorCode::kNotAuthentic);
  EXPECT_EQ(code("kerros/1/test", "contexT", sealed_), ErrorCode::kNotAuthentic);
  EXPECT_EQ(code("kerros/1/test", "", sealed_), ErrorCode::kNotAuthentic);
  key_[0] ^= 1;
  EXPECT_EQ(code("kerros/1/test", "context", sealed_), ErrorCode::kNotAuthentic);
}

TEST_F(ValueWrap, RefusesEveryFlippedBitAndEveryCut) {
  for (std::size_t bit = 0; bit < sealed_.size() * 8; ++bit) {
    Bytes changed = sealed_;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    EXPECT_EQ(code("kerros/1/test", "context", changed), ErrorCode::kNotAuthentic);
  }
  for (std::size_t size = 0; size < sealed_.size(); ++size) {
    EXPECT_EQ(code("kerros/1/test", "context", ByteView(sealed_).first(size)),
              size < 40 ? ErrorCode::kTruncated : ErrorCode::kNotAuthentic);
  }
}

}  // namespace
}  // namespace kerros::crypto
