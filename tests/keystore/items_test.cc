#include "keystore/items.h"

#include "crypto/random.h"
#include "store_fixture.h"

namespace kerros::keystore {
namespace {

// Items under a unit whose key has two versions: the first replaced by the second.
class RotatedUnit : public testing::Test {
 protected:
  RotatedUnit() {
    const auto root = crypto::RootKey::random();
    keys_ = std::make_unique<StoreKeys>(std::move(*StoreKeys::derive(*root)));
    info_.unit.fill(1);
    info_.kek.fill(2);
    tenant_.fill(3);
    std::vector<KeyRow> rows = {store_row(*keys_, tenant_, kNow),
                                unit_row(*keys_, info_.unit, "Salassa", kNow)};
    for (std::uint32_t version : {1u, 2u}) {
      keks_.push_back(std::move(*crypto::Kek::random()));
      info_.version = version;
      info_.state = version == 2 ? KeyState::kActive : KeyState::kReplaced;
      rows.push_back(kek_row(*keys_, info_, &keks_.back()));
    }
    ring_ = std::move(*KeyRing::load(*keys_, dir_.path(), std::move(rows), Head("keys")));
    auto env = Env::open(Items::env_params(dir_.path(), std::uint64_t{16} << 20));
    items_ = std::move(*Items::open(std::move(*env), *keys_, *ring_, Head("items")));
  }

  ItemRecord record_under(std::uint32_t version) {
    ItemRecord record;
    record.sealed.key = crypto::time_ordered_id(kNow);
    record.sealed.unit = info_.unit;
    record.sealed.kek = info_.kek;
    record.sealed.kek_version = version;
    record.sealed.wrapped = crypto::wrap_dek(keks_[version - 1], context(record.sealed), dek_);
    return record;
  }
  crypto::WrapContext context(const SealedKey& sealed) const {
    return {tenant_,    sealed.unit,   sealed.kek,       sealed.kek_version,
            sealed.key, sealed.header, sealed.commitment};
  }
  Status put_and_bind(const ItemRecord& record) {
    auto put = wait([&](Done done) { items_->put_pending(record, done); });
    if (!put) return put;
    Binding binding;
    binding.drive_id = "b!drive";
    binding.item_id = "01A";
    return wait([&](Done done) {
      items_->bind({record.sealed.key, binding, ItemState::kBound, true, kNow}, done);
    });
  }

  TempDir dir_;
  UnitKeyInfo info_;
  Id tenant_{};
  Bytes dek_ = Bytes(32, 0x5a);
  std::vector<crypto::Kek> keks_;
  std::unique_ptr<StoreKeys> keys_;
  std::unique_ptr<KeyRing> ring_;
  std::unique_ptr<Items> items_;
};

TEST_F(RotatedUnit, SealsWithItsActiveVersion) {
  EXPECT_EQ(ring_->now()->active(info_.unit)->version, 2u);
  EXPECT_EQ(ring_->now()->all().size(), 2u);
}

TEST_F(RotatedUnit, StoresUnderTheActiveVersion) {
  const ItemRecord record = record_under(1);
  ASSERT_THAT(put_and_bind(record), Succeeds());
  const auto found = items_->find(record.sealed.key);
  ASSERT_THAT(found, Succeeds());
  EXPECT_EQ(found->sealed.kek_version, 2u);
  Bytes dek(32);
  ASSERT_THAT(crypto::unwrap_dek(keks_[1], context(found->sealed), found->sealed.wrapped, dek),
              Succeeds());
  EXPECT_EQ(dek, dek_);
}

TEST_F(RotatedUnit, StoresNothingWhoseWrapDoesNotOpen) {
  ItemRecord record = record_under(1);
  record.sealed.wrapped[40] ^= 1;
  EXPECT_THAT(put_and_bind(record), FailsWith(ErrorCode::kNotAuthentic));
  EXPECT_THAT(items_->find(record.sealed.key), FailsWith(ErrorCode::kNotFound));
}

TEST_F(RotatedUnit, LeavesTheWrapOfTheActiveVersionAlone) {
  const ItemRecord record = record_under(2);
  ASSERT_THAT(put_and_bind(record), Succeeds());
  EXPECT_EQ(items_->find(record.sealed.key)->sealed.wrapped, record.sealed.wrapped);
}

}  // namespace
}  // namespace kerros::keystore
