// The stored forms of items and sessions: versioned, encrypted, authenticated.
//
//   item     version(1) state(1) kek(16) kek version(4) sealed(...) mac(32)
//   intent   version(1) kind(1) expires(8) sealed(...) mac(32)
//   session  version(1) expires(8) sealed(...)
//
// State and key version lie open so that a scan for "who uses this key" need not open records. The
// sealed part is bound to the row's id and the open fields; the MAC covers everything and is what
// the head's sum stands on.
//
// Thread safety: pure functions. Source: docs/format.md 4.1 (labels), 5.3.
#pragma once

#include "keystore/key_versions.h"
#include "keystore/records.h"
#include "keystore/store_keys.h"

namespace kerros::keystore {

Bytes encode_item(const StoreKeys& keys, const ItemRecord& record);
// kNotAuthentic with the record's id in the text when a byte differs from what was written.
Result<ItemRecord> decode_item(const StoreKeys& keys, ByteView id, ByteView stored);
// The MAC alone, without opening anything: what the check at start asks of every record.
Status verify_item(const StoreKeys& keys, ByteView id, ByteView stored);

// What lies open in a stored record.
VersionId version_of_item(ByteView stored);

// `row` is intent_row() of it.
Bytes encode_intent(const StoreKeys& keys, ByteView row, const Intent& intent);
Result<Intent> decode_intent(const StoreKeys& keys, ByteView row, ByteView stored);
// What lies open in a stored intent; a row that is too short has expired and is of no kind.
UnixMillis expires_of_intent(ByteView stored);
bool is_seen(ByteView stored);

Result<Bytes> encode_session(const crypto::RootKey& root, const SessionRecord& record);
Result<SessionRecord> decode_session(const crypto::RootKey& root, ByteView session_id,
                                     ByteView stored);

// Where the index keeps an item's versions, and a key's copies (version_index.h).
inline constexpr std::size_t kIndexHashSize = 32;
std::array<std::uint8_t, kIndexHashSize> index_hash(const StoreKeys& keys,
                                                    std::string_view drive_id,
                                                    std::string_view item_id);

std::array<std::uint8_t, kIndexHashSize> key_hash(const StoreKeys& keys, const Id& key);

// A MAC over a row of any database, for rows that are not item records.
std::array<std::uint8_t, 32> row_mac(const StoreKeys& keys, std::string_view db, ByteView key,
                                     ByteView value);

}  // namespace kerros::keystore
