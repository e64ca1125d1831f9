#include "keystore/record.h"

#include <limits>

#include "keystore/wire.h"

namespace kerros::keystore {
namespace {

constexpr std::uint8_t kItemVersion = 1;     // On disk: never renumber. The key id is the row's.
constexpr std::uint8_t kBindingVersion = 2;  // On disk. Key id and draft are told.
constexpr std::uint8_t kIntentVersion = 1;   // On disk: never renumber.
constexpr std::uint8_t kSessionVersion = 1;  // On disk: never renumber.
constexpr std::size_t kItemOpenSize = 1 + 1 + 16 + 4;
constexpr std::size_t kMacSize = 32;
constexpr std::size_t kSealedKeyRoom = 1024;  // more than a SealedKey and the lengths take
constexpr std::string_view kItemKind = "item-record";
constexpr std::size_t kIntentOpenSize = 1 + 1 + 8;
constexpr std::string_view kIntentKind = "intent";
constexpr std::string_view kSessionKind = "session-record";

void put_sealed_key(Encoder& out, const SealedKey& sealed) {
  out.fixed(sealed.unit);
  out.fixed(sealed.wrapped);
  out.trimmed(sealed.header);
  out.trimmed(sealed.recovery);
  out.fixed(sealed.salt);
  out.fixed(sealed.commitment);
}

void get_sealed_key(Decoder& in, SealedKey& sealed) {
  in.fixed(sealed.unit);
  in.fixed(sealed.wrapped);
  in.trimmed(sealed.header);
  in.trimmed(sealed.recovery);
  in.fixed(sealed.salt);
  in.fixed(sealed.commitment);
}

void put_binding(Encoder& out, const Binding& binding) {
  for (const std::string* text : {&binding.drive_id, &binding.item_id, &binding.ctag, &binding.etag,
                                  &binding.name, &binding.path})
    out.text(*text);
  out.number(binding.plain_size);
  out.number(binding.sealed_size);
  out.fixed(binding.plain_hash);
  out.fixed(binding.sealed_hash);
}

void get_binding(Decoder& in, Binding& binding) {
  for (std::string* text : {&binding.drive_id, &binding.item_id, &binding.ctag, &binding.etag,
                            &binding.name, &binding.path})
    *text = in.text();
  binding.plain_size = in.number<std::uint64_t>();
  binding.sealed_size = in.number<std::uint64_t>();
  in.fixed(binding.plain_hash);
  in.fixed(binding.sealed_hash);
}

Bytes item_context(ByteView key_id, ByteView open_part) {
  Encoder out;
  out.fixed(key_id);
  out.fixed(open_part);
  return sealed_context(kItemKind, out.view());
}

Error changed(ByteView key_id) {
  return {ErrorCode::kNotAuthentic, "item record " + to_hex(key_id) + " was changed on disk"};
}

}  // namespace

std::array<std::uint8_t, 32> row_mac(const StoreKeys& keys, std::string_view db, ByteView key,
                                     ByteView value) {
  Encoder row;
  row.text(db);
  row.counted(key);
  row.fixed(value);
  return crypto::mac(keys.record_mac.reveal(), row.view());
}

// The first form says all of most records, and opens in stores of every age.
Bytes encode_item(const StoreKeys& keys, const ItemRecord& record) {
  const bool first_form = record.id == record.sealed.key && !record.binding.draft;
  Encoder body;
  put_sealed_key(body, record.sealed);
  put_binding(body, record.binding);
  body.text(record.item_class);
  body.text(record.created_by);
  body.number(record.created);
  body.number(record.bound);
  if (!first_form) {
    body.fixed(record.sealed.key);
    body.number(static_cast<std::uint8_t>(record.binding.draft ? 1 : 0));
  }

  Encoder out;
  out.number(first_form ? kItemVersion : kBindingVersion);
  out.number(static_cast<std::uint8_t>(record.state));
  out.fixed(record.sealed.kek);
  out.number(record.sealed.kek_version);
  const Bytes context = item_context(record.id, out.view());
  out.fixed(crypto::seal_value(keys.metadata.reveal(), crypto::label(crypto::Purpose::kMetadata),
                               context, body.view()));
  out.fixed(row_mac(keys, "records", record.id, out.view()));
  return out.take();
}

Status verify_item(const StoreKeys& keys, ByteView id, ByteView stored) {
  if (id.size() != sizeof(Id) || stored.size() < kItemOpenSize + kMacSize)
    return tl::unexpected(changed(id));
  const auto mac = row_mac(keys, "records", id, stored.first(stored.size() - kMacSize));
  if (!crypto::equal_constant_time(mac, stored.last(kMacSize))) return tl::unexpected(changed(id));
  if (stored[0] != kItemVersion && stored[0] != kBindingVersion)
    return fail(ErrorCode::kUnknownVersion,
                "item record " + to_hex(id) + " is of a version " + "this build does not know");
  return {};
}

Result<ItemRecord> decode_item(const StoreKeys& keys, ByteView id, ByteView stored) {
  if (auto sound = verify_item(keys, id, stored); !sound) return tl::unexpected(sound.error());
  Decoder open(stored.first(kItemOpenSize));
  ItemRecord record;
  open.number<std::uint8_t>();
  record.state = static_cast<ItemState>(open.number<std::uint8_t>());
  open.fixed(record.sealed.kek);
  record.sealed.kek_version = open.number<std::uint32_t>();
  std::copy(id.begin(), id.end(), record.id.begin());
  record.sealed.key = record.id;

  const Bytes context = item_context(id, stored.first(kItemOpenSize));
  const ByteView sealed = stored.subspan(kItemOpenSize, stored.size() - kItemOpenSize - kMacSize);
  if (sealed.size() < crypto::kValueOverhead) return tl::unexpected(changed(id));
  Bytes plain(sealed.size() - crypto::kValueOverhead);  // names and a wrapped key: no secret memory
  if (!crypto::open_value_into(keys.metadata.reveal(), crypto::label(crypto::Purpose::kMetadata),
                               context, sealed, plain))
    return tl::unexpected(changed(id));
  Decoder body(plain);
  get_sealed_key(body, record.sealed);
  get_binding(body, record.binding);
  record.item_class = body.text();
  record.created_by = body.text();
  record.created = body.number<std::uint64_t>();
  record.bound = body.number<std::uint64_t>();
  if (stored[0] == kBindingVersion) {
    body.fixed(record.sealed.key);
    record.binding.draft = body.number<std::uint8_t>() != 0;
  }
  if (!body.complete()) return tl::unexpected(changed(id));
  return record;
}

VersionId version_of_item(ByteView stored) {
  VersionId version;
  if (stored.size() < kItemOpenSize) return version;
  Decoder open(stored.first(kItemOpenSize));
  open.number<std::uint8_t>();
  open.number<std::uint8_t>();
  open.fixed(version.kek);
  version.version = open.number<std::uint32_t>();
  return version;
}

Bytes encode_intent(const StoreKeys& keys, ByteView row, const Intent& intent) {
  Encoder body;
  body.fixed(intent.id);
  body.fixed(intent.key);
  body.fixed(intent.record);
  for (const std::string* text :
       {&intent.drive_id, &intent.item_id, &intent.parent, &intent.name, &intent.asked_by})
    body.text(*text);
  body.number(static_cast<std::uint8_t>(intent.replaces ? 1 : 0));
  body.number(intent.audit_intent);
  body.number(intent.created);

  Encoder out;
  out.number(kIntentVersion);
  out.number(static_cast<std::uint8_t>(intent.kind));
  out.number(intent.expires);
  Encoder context;
  context.fixed(row);
  context.fixed(out.view());
  out.fixed(crypto::seal_value(keys.metadata.reveal(), crypto::label(crypto::Purpose::kMetadata),
                               sealed_context(kIntentKind, context.view()), body.view()));
  out.fixed(row_mac(keys, "intents", row, out.view()));
  return out.take();
}

Result<Intent> decode_intent(const StoreKeys& keys, ByteView row, ByteView stored) {
  const auto damaged = [] {
    return fail(ErrorCode::kNotAuthentic, "the record of an intent was changed on disk");
  };
  if (stored.size() < kIntentOpenSize + crypto::kValueOverhead + kMacSize) return damaged();
  const ByteView signed_part = stored.first(stored.size() - kMacSize);
  if (!crypto::equal_constant_time(row_mac(keys, "intents", row, signed_part),
                                   stored.last(kMacSize)))
    return damaged();
  if (stored[0] != kIntentVersion)
    return fail(ErrorCode::kUnknownVersion, "an intent is of a version this build does not know");
  Encoder context;
  context.fixed(row);
  context.fixed(stored.first(kIntentOpenSize));
  const ByteView sealed = signed_part.subspan(kIntentOpenSize);
  Bytes plain(sealed.size() - crypto::kValueOverhead);  // names: no secret memory
  if (!crypto::open_value_into(keys.metadata.reveal(), crypto::label(crypto::Purpose::kMetadata),
                               sealed_context(kIntentKind, context.view()), sealed, plain))
    return damaged();
  Intent intent;
  intent.kind = static_cast<IntentKind>(stored[1]);
  intent.expires = expires_of_intent(stored);
  Decoder body(plain);
  body.fixed(intent.id);
  body.fixed(intent.key);
  body.fixed(intent.record);
  for (std::string* text :
       {&intent.drive_id, &intent.item_id, &intent.parent, &intent.name, &intent.asked_by})
    *text = body.text();
  intent.replaces = body.number<std::uint8_t>() != 0;
  intent.audit_intent = body.number<std::uint64_t>();
  intent.created = body.number<std::uint64_t>();
  if (!body.complete()) return damaged();
  return intent;
}

UnixMillis expires_of_intent(ByteView stored) {
  return stored.size() < kIntentOpenSize ? 0 : load_be<std::uint64_t>(stored.subspan(2));
}

bool is_seen(ByteView stored) {
  return stored.size() >= kIntentOpenSize &&
         stored[1] == static_cast<std::uint8_t>(IntentKind::kSeen);
}

Result<Bytes> encode_session(const crypto::RootKey& root, const SessionRecord& record) {
  auto key = crypto::derive(root, crypto::Purpose::kSession, record.session);
  if (!key) return tl::unexpected(key.error());
  Encoder body(record.state.size() + kSealedKeyRoom);
  body.fixed(record.sealed.key);
  body.fixed(record.sealed.kek);
  body.number(record.sealed.kek_version);
  put_sealed_key(body, record.sealed);
  body.counted(record.state);
  Encoder out;
  out.number(kSessionVersion);
  out.number(record.expires);
  Bytes plain = body.take();
  out.fixed(crypto::seal_value(key->reveal(), crypto::label(crypto::Purpose::kSession),
                               sealed_context(kSessionKind, out.view()), plain));
  crypto::wipe(plain);  // holds the key of the plain tail
  return out.take();
}

Result<SessionRecord> decode_session(const crypto::RootKey& root, ByteView session_id,
                                     ByteView stored) {
  const auto damaged = [&] {
    return fail(ErrorCode::kNotAuthentic,
                "session record " + to_hex(session_id) + " was changed on disk");
  };
  constexpr std::size_t kOpenSize = 1 + 8;
  if (session_id.size() != sizeof(Id) || stored.size() < kOpenSize) return damaged();
  if (stored[0] != kSessionVersion) return damaged();
  auto key = crypto::derive(root, crypto::Purpose::kSession, session_id);
  if (!key) return tl::unexpected(key.error());
  auto opened = crypto::open_value(key->reveal(), crypto::label(crypto::Purpose::kSession),
                                   sealed_context(kSessionKind, stored.first(kOpenSize)),
                                   stored.subspan(kOpenSize));
  if (!opened) return damaged();
  SessionRecord record;
  std::copy(session_id.begin(), session_id.end(), record.session.begin());
  record.expires = load_be<std::uint64_t>(stored.subspan(1));
  Decoder body(std::as_const(*opened).reveal());
  body.fixed(record.sealed.key);
  body.fixed(record.sealed.kek);
  record.sealed.kek_version = body.number<std::uint32_t>();
  get_sealed_key(body, record.sealed);
  const ByteView state = body.counted();
  record.state.assign(state.begin(), state.end());
  if (!body.complete()) return damaged();
  return record;
}

std::array<std::uint8_t, kIndexHashSize> index_hash(const StoreKeys& keys,
                                                    std::string_view drive_id,
                                                    std::string_view item_id) {
  Encoder out;
  out.text(drive_id);
  out.text(item_id);
  return crypto::mac(keys.index.reveal(), out.view());
}

// No drive id is as long as this length says, so that the two kinds of hash never meet.
std::array<std::uint8_t, kIndexHashSize> key_hash(const StoreKeys& keys, const Id& key) {
  Encoder out;
  out.number(std::numeric_limits<std::uint32_t>::max());
  out.fixed(key);
  return crypto::mac(keys.index.reveal(), out.view());
}

}  // namespace kerros::keystore
