#include "keystore/record.h"

#include "keystore/head.h"
#include "store_fixture.h"

namespace kerros::keystore {
namespace {

StoreKeys keys_of(std::uint8_t seed) {
  return std::move(*StoreKeys::derive(*crypto::RootKey::copy_of(Bytes(32, seed))));
}

ItemRecord example() {
  ItemRecord record;
  record.id.fill(1);
  record.sealed.key.fill(1);
  record.sealed.unit.fill(2);
  record.sealed.kek.fill(3);
  record.sealed.kek_version = 4;
  record.sealed.wrapped.fill(5);
  record.sealed.header = crypto::encode(crypto::Header{});
  record.sealed.recovery.fill(6);
  record.sealed.salt.fill(0);
  record.sealed.commitment.fill(8);
  record.state = ItemState::kBound;
  record.binding.drive_id = "b!drive";
  record.binding.item_id = "01A";
  record.binding.name = "report.docx";
  record.binding.plain_size = 0x0102030405060708;
  record.binding.sealed_hash.fill(9);
  record.item_class = "confidential";
  record.created_by = "ada@example.org";
  record.created = 11;
  record.bound = 12;
  return record;
}

TEST(StoredItem, ComesBackAsItWas) {
  const StoreKeys keys = keys_of(1);
  const ItemRecord record = example();
  const auto decoded = decode_item(keys, record.sealed.key, encode_item(keys, record));
  ASSERT_THAT(decoded, Succeeds());
  EXPECT_EQ(decoded->sealed.header, record.sealed.header);
  EXPECT_EQ(decoded->sealed.recovery, record.sealed.recovery);
  EXPECT_EQ(decoded->sealed.salt, record.sealed.salt);
  EXPECT_EQ(decoded->sealed.wrapped, record.sealed.wrapped);
  EXPECT_EQ(decoded->sealed.kek_version, 4u);
  EXPECT_EQ(decoded->binding.plain_size, record.binding.plain_size);
  EXPECT_EQ(decoded->binding.sealed_hash, record.binding.sealed_hash);
  EXPECT_EQ(decoded->created_by, record.created_by);
  EXPECT_EQ(decoded->bound, 12u);
  EXPECT_EQ(decoded->state, ItemState::kBound);
}

TEST(StoredItem, IsRefusedWithItsNameWhenAnyBitChanged) {
  const StoreKeys keys = keys_of(1);
  const ItemRecord record = example();
  Bytes stored = encode_item(keys, record);
  for (std::size_t bit = 0; bit < stored.size() * 8; ++bit) {
    stored[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    const auto decoded = decode_item(keys, record.sealed.key, stored);
    ASSERT_THAT(decoded, FailsWith(ErrorCode::kNotAuthentic)) << bit;
    ASSERT_THAT(decoded.error().detail, testing::HasSubstr(to_hex(record.sealed.key)));
    stored[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
  }
  EXPECT_THAT(decode_item(keys, record.sealed.key, stored), Succeeds());
}

TEST(StoredItem, IsRefusedCutAnywhere) {
  const StoreKeys keys = keys_of(1);
  const Bytes stored = encode_item(keys, example());
  for (std::size_t size = 0; size < stored.size(); ++size)
    ASSERT_THAT(decode_item(keys, example().sealed.key, ByteView(stored).first(size)),
                FailsWith(ErrorCode::kNotAuthentic));
}

TEST(StoredItem, IsRefusedUnderAnotherKeyIdOrRoot) {
  const StoreKeys keys = keys_of(1);
  const Bytes stored = encode_item(keys, example());
  EXPECT_THAT(decode_item(keys, Id{}, stored), FailsWith(ErrorCode::kNotAuthentic));
  EXPECT_THAT(decode_item(keys_of(2), example().sealed.key, stored),
              FailsWith(ErrorCode::kNotAuthentic));
}

TEST(StoredSession, IsRefusedWhenAnyByteChanged) {
  const auto root = crypto::RootKey::copy_of(Bytes(32, 1));
  SessionRecord record;
  record.session.fill(3);
  record.state = {1, 2, 3};
  Bytes stored = *encode_session(*root, record);
  EXPECT_EQ(decode_session(*root, record.session, stored)->state, record.state);
  EXPECT_THAT(decode_session(*root, Id{}, stored), FailsWith(ErrorCode::kNotAuthentic));
  for (std::size_t i = 0; i < stored.size(); ++i) {
    stored[i] ^= 0x10;
    ASSERT_THAT(decode_session(*root, record.session, stored), FailsWith(ErrorCode::kNotAuthentic));
    stored[i] ^= 0x10;
  }
}

TEST(Head, TellsSetsOfRowsApartWhateverTheirOrder) {
  const StoreKeys keys = keys_of(1);
  const Bytes a{1}, b{2}, value{3};
  Head one("items"), two("items"), swapped("items");
  one.enter(keys, "records", a, value);
  one.enter(keys, "records", b, {});
  two.enter(keys, "records", b, {});
  two.enter(keys, "records", a, value);
  swapped.enter(keys, "records", a, {});
  swapped.enter(keys, "records", b, value);
  EXPECT_TRUE(one.same_rows(two));
  EXPECT_FALSE(one.same_rows(swapped));
  two.leave(keys, "records", b, {});
  EXPECT_FALSE(one.same_rows(two));
}

TEST(Head, IsRefusedChangedOrFromAnotherEnvironment) {
  const StoreKeys keys = keys_of(1);
  Head head("items");
  head.advance();
  Bytes stored = head.encode(keys);
  Head other("keys");
  EXPECT_THAT(other.decode(keys, stored), FailsWith(ErrorCode::kNotAuthentic));
  for (std::uint8_t& byte : stored) {
    byte ^= 1;
    ASSERT_THAT(head.decode(keys, stored), FailsWith(ErrorCode::kNotAuthentic));
    byte ^= 1;
  }
  EXPECT_THAT(head.decode(keys, stored), Succeeds());
  EXPECT_THAT(head.decode(keys, {}), FailsWith(ErrorCode::kNotAuthentic));
}

}  // namespace
}  // namespace kerros::keystore
