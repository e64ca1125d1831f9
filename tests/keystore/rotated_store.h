// A store whose unit's key gets new versions, with the steps that tests of it share.
#pragma once

#include <algorithm>

#include "store_fixture.h"

namespace kerros::keystore {

class RotatedStore : public StoreFixture {
 protected:
  Id unit() const { return store_->unit_keys().at(0).unit; }
  VersionId version(std::uint32_t number) const { return {store_->unit_keys().at(0).kek, number}; }
  KeyState state(std::uint32_t number) const { return use(number).key.state; }
  KeyUse use(std::uint32_t number) const {
    const auto usage = store_->key_usage();
    EXPECT_THAT(usage, Succeeds());
    for (const KeyUse& one : *usage)
      if (one.key.version == number) return one;
    ADD_FAILURE() << "no version " << number;
    return {};
  }
  Status become(std::uint32_t number, KeyState to) {
    return store_->set_key_state(version(number), to);
  }
  // As an operator rotates: the new version's number.
  std::uint32_t rotate() {
    const auto made = store_->make_version(unit(), clock_++);
    EXPECT_THAT(made, Succeeds());
    EXPECT_THAT(become(made->version, KeyState::kActive), Succeeds());
    return made->version;
  }
  // Until nothing is left to move; how many were.
  std::uint64_t rewrap_all(std::size_t slice = 100) {
    std::uint64_t moved = 0;
    RewrapParams params;
    params.most = slice;
    for (;;) {
      const auto step = store_->rewrap(params);
      EXPECT_THAT(step, Succeeds());
      if (!step) return moved;
      moved += step->moved;
      params.after = step->last;
      if (step->complete) return moved;
    }
  }
  SessionRecord session(std::uint8_t number, const SealedKey& sealed, UnixMillis expires = kNow) {
    SessionRecord record;
    record.session.fill(number);
    record.sealed = sealed;
    record.expires = expires;
    record.state = {1, 2, 3};
    return record;
  }
  Status put_session(const SessionRecord& record) {
    return wait([&](Done done) { store_->put_session(record, std::move(done)); });
  }
  Status erase_session(const Id& id) {
    return wait([&](Done done) { store_->erase_session(id, std::move(done)); });
  }
};

}  // namespace kerros::keystore
