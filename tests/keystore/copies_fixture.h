// A store with copies, moves and restores under way, and what was refused.
#pragma once

#include <algorithm>

#include "crypto/random.h"
#include "store_fixture.h"

namespace kerros::keystore {

inline constexpr UnixMillis kHour = 3'600'000;

class CopiesFixture : public StoreFixture {
 protected:
  CopiesFixture() { open(); }
  Intent intent(const Id& record, IntentKind kind = IntentKind::kCopy) {
    Intent one;
    one.id = crypto::time_ordered_id(clock_++);
    one.kind = kind;
    one.key = store_->find(record)->sealed.key;
    one.record = record;
    one.drive_id = "b!drive";
    one.name = "copy.docx";
    one.asked_by = "ada@example.org";
    one.created = clock_;
    one.expires = clock_ + kHour;
    return one;
  }
  Intent restore(const Id& record) {
    Intent one = intent(record, IntentKind::kRestore);
    one.item_id = store_->find(record)->binding.item_id;
    return one;
  }
  Intent seen(std::string_view item, const Id& record = {}) {
    Intent one;
    one.kind = IntentKind::kSeen;
    one.drive_id = "b!drive";
    one.item_id = item;
    one.record = record;
    if (record != Id{}) one.key = store_->find(record)->sealed.key;
    one.created = clock_;
    one.expires = clock_ + kHour;
    return one;
  }
  // put_and_bind() makes files whose stored bytes are all the same; this one's are its own.
  Id put_other_file(std::string_view item) {
    const ItemRecord record = new_record();
    Binding own = binding(item);
    std::ranges::copy(record.sealed.key, own.sealed_hash.begin());
    EXPECT_THAT(put(record), Succeeds());
    EXPECT_THAT(bind(record.sealed.key, own), Succeeds());
    return record.sealed.key;
  }
  Status put_intents(const std::vector<Intent>& some) {
    return wait([&](Done done) { store_->put_intents(some, clock_, std::move(done)); });
  }
  Status put_intent(const Intent& one) { return put_intents({one}); }
  // What a listing of the file at this item would be held against.
  std::vector<Intent> waiting(const Id& record, std::string_view item = "01Z") {
    return store_->intents_for(store_->find(record)->binding.sealed_hash, "b!drive", item, clock_);
  }
  Status fulfil(const Intent& one, const Binding& binding) {
    return wait([&](Done done) { store_->fulfil(one, binding, clock_++, std::move(done)); });
  }
  Status put_seen(const Intent& one) {
    return wait([&](Done done) { store_->put_seen(one, std::move(done)); });
  }
  Status accept(const Intent& one) {
    return wait([&](Done done) { store_->accept_seen(one, clock_++, std::move(done)); });
  }
  std::unique_ptr<ItemRecord> newest(std::string_view item) {
    const KeyStore::ItemRef ref{"b!drive", item};
    return std::move(store_->newest_bound(std::span(&ref, 1))->front());
  }
  ItemState state(const Id& record) { return store_->find(record)->state; }
  Id copy_of(const Id& source, std::string_view item) {
    const Intent one = intent(source);
    EXPECT_THAT(put_intent(one), Succeeds());
    EXPECT_THAT(fulfil(one, binding(item)), Succeeds());
    return newest(item)->id;
  }
};

}  // namespace kerros::keystore
