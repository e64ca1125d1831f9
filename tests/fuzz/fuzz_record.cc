// Stored rows of the keystore: octets from outside are refused; octets that we ourselves vouch for
// are read whole or refused, and what was read is stored so that it reads the same.
#include <algorithm>

#include "crypto/random.h"
#include "keystore/record.h"
#include "tests/fuzz/check.h"

using namespace kerros;
using namespace kerros::keystore;

namespace {

[[maybe_unused]] const bool kStarted = (crypto::start(), true);

constexpr std::size_t kOpenItem = 22;  // version, state, kek, kek version
constexpr std::size_t kOpenSession = 9;

struct Fixed {
  crypto::RootKey root = *crypto::RootKey::copy_of(Bytes(32, 7));
  StoreKeys keys = *StoreKeys::derive(root);
  Id id{1, 2, 3};
};

const Fixed& fixed() {
  static const Fixed made;
  return made;
}

Bytes joined(ByteView a, ByteView b) {
  Bytes all(a.begin(), a.end());
  all.insert(all.end(), b.begin(), b.end());
  return all;
}

// Everything between the open part and the MAC as the store would have written it.
Bytes vouched_item(ByteView open, ByteView body) {
  const auto& [root, keys, id] = fixed();
  const Bytes sealed =
      crypto::seal_value(keys.metadata.reveal(), crypto::label(crypto::Purpose::kMetadata),
                         sealed_context("item-record", joined(id, open)), body);
  const Bytes row = joined(open, sealed);
  return joined(row, row_mac(keys, "records", id, row));
}

Bytes vouched_session(ByteView open, ByteView body) {
  const auto& [root, keys, id] = fixed();
  const auto key = crypto::derive(root, crypto::Purpose::kSession, id);
  return joined(open, crypto::seal_value(std::as_const(*key).reveal(),
                                         crypto::label(crypto::Purpose::kSession),
                                         sealed_context("session-record", open), body));
}

void check_same(const SealedKey& a, const SealedKey& b) {
  FUZZ_CHECK(a.key == b.key && a.unit == b.unit && a.kek == b.kek);
  FUZZ_CHECK(a.kek_version == b.kek_version && a.wrapped == b.wrapped && a.header == b.header);
  FUZZ_CHECK(a.recovery == b.recovery && a.salt == b.salt && a.commitment == b.commitment);
}

void check_same(const ItemRecord& a, const ItemRecord& b) {
  check_same(a.sealed, b.sealed);
  const Binding& x = a.binding;
  const Binding& y = b.binding;
  FUZZ_CHECK(x.drive_id == y.drive_id && x.item_id == y.item_id && x.ctag == y.ctag);
  FUZZ_CHECK(x.etag == y.etag && x.name == y.name && x.path == y.path);
  FUZZ_CHECK(x.plain_size == y.plain_size && x.sealed_size == y.sealed_size);
  FUZZ_CHECK(x.plain_hash == y.plain_hash && x.sealed_hash == y.sealed_hash);
  FUZZ_CHECK(a.id == b.id && x.draft == y.draft);
  FUZZ_CHECK(a.state == b.state && a.item_class == b.item_class && a.created_by == b.created_by);
  FUZZ_CHECK(a.created == b.created && a.bound == b.bound);
}

void check_item(ByteView open, ByteView body, std::uint8_t place) {
  const auto& [root, keys, id] = fixed();
  Bytes stored = vouched_item(open, body);
  const auto record = decode_item(keys, id, stored);
  if (record) {
    const auto again = decode_item(keys, id, encode_item(keys, *record));
    FUZZ_CHECK(again.has_value());
    check_same(*record, *again);
  }
  stored[place * stored.size() / 256] ^= 1;
  FUZZ_CHECK(!decode_item(keys, id, stored) && !verify_item(keys, id, stored));
}

void check_session(ByteView open, ByteView body, std::uint8_t place) {
  const auto& [root, keys, id] = fixed();
  Bytes stored = vouched_session(open, body);
  const auto record = decode_session(root, id, stored);
  if (record) {
    const auto written = encode_session(root, *record);
    FUZZ_CHECK(written.has_value());
    const auto again = decode_session(root, id, *written);
    FUZZ_CHECK(again && again->expires == record->expires && again->state == record->state);
    check_same(record->sealed, again->sealed);
  }
  stored[place * stored.size() / 256] ^= 1;
  FUZZ_CHECK(!decode_session(root, id, stored));
}

void check_outsider(ByteView stored) {
  const auto& [root, keys, id] = fixed();
  for (const ByteView key_id : {ByteView(id), ByteView(id).first(15), ByteView{}}) {
    const auto item = decode_item(keys, key_id, stored);
    FUZZ_CHECK(!item && item.error().code == ErrorCode::kNotAuthentic);
    const auto session = decode_session(root, key_id, stored);
    FUZZ_CHECK(!session && session.error().code == ErrorCode::kNotAuthentic);
    const auto intent = decode_intent(keys, key_id, stored);
    FUZZ_CHECK(!intent && intent.error().code == ErrorCode::kNotAuthentic);
  }
}

}  // namespace

// Input: a choice, a place, then the row (0), or its open part and what lies sealed in it (1, 2).
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const ByteView row(data + 2, size - 2);
  const std::uint8_t place = data[1];
  switch (data[0] % 3) {
    case 0:
      check_outsider(row);
      break;
    case 1:
      if (row.size() >= kOpenItem) check_item(row.first(kOpenItem), row.subspan(kOpenItem), place);
      break;
    default:
      if (row.size() >= kOpenSession)
        check_session(row.first(kOpenSession), row.subspan(kOpenSession), place);
  }
  return 0;
}
