#include "keystore/unit_keys.h"

#include <algorithm>

#include "keystore/record.h"
#include "keystore/wire.h"

namespace kerros::keystore {
namespace {

constexpr std::uint8_t kVersion = 1;  // On disk: never renumber.
constexpr std::string_view kDb = "rows";
constexpr std::string_view kNameKind = "unit-name";
constexpr std::string_view kKekKind = "unit-key";
constexpr std::size_t kMacSize = 32;

KeyRow with_mac(const StoreKeys& keys, Bytes key, Encoder value) {
  value.fixed(row_mac(keys, kDb, key, value.view()));
  return {std::move(key), value.take()};
}

Bytes row_key(char kind, ByteView id, std::optional<std::uint32_t> version = std::nullopt) {
  Encoder out;
  out.number(static_cast<std::uint8_t>(kind));
  out.fixed(id);
  if (version) out.number(*version);
  return out.take();
}

Error damaged(std::string_view what) {
  return {ErrorCode::kNotAuthentic,
          "the store is damaged: its row of " + std::string(what) + " was changed on disk"};
}

// The row's value without its MAC, once the MAC holds.
Result<ByteView> verified(const StoreKeys& keys, const KeyRow& row, std::string_view what) {
  const ByteView value = row.second;
  if (value.size() < kMacSize) return tl::unexpected(damaged(what));
  const ByteView body = value.first(value.size() - kMacSize);
  const auto mac = row_mac(keys, kDb, row.first, body);
  if (!crypto::equal_constant_time(mac, value.last(kMacSize))) return tl::unexpected(damaged(what));
  return body;
}

Id id_of(const KeyRow& row) {
  Id id{};
  if (row.first.size() > id.size()) std::copy_n(row.first.begin() + 1, id.size(), id.begin());
  return id;
}

bool is_known(KeyState state) {
  return state >= KeyState::kPending && state <= KeyState::kReplaced;
}

// What a sealed unit key is bound to: all that never changes (its state does).
Bytes kek_context(const Id& unit, const Id& kek, std::uint32_t version) {
  Encoder out;
  out.fixed(unit);
  out.fixed(kek);
  out.number(version);
  return sealed_context(kKekKind, out.view());
}

}  // namespace

KeyRow store_row(const StoreKeys& keys, const Id& tenant, UnixMillis created) {
  Encoder value;
  value.number(kVersion);
  value.fixed(tenant);
  value.number(created);
  return with_mac(keys, row_key('S', {}), std::move(value));
}

KeyRow root_row(const RootRow& row) { return {row_key('M', row.id), encode_root_row(row)}; }

KeyRow unit_row(const StoreKeys& keys, const Id& unit, std::string_view name, UnixMillis created) {
  Encoder value;
  value.number(kVersion);
  value.number(created);
  value.fixed(crypto::seal_value(keys.metadata.reveal(), crypto::label(crypto::Purpose::kMetadata),
                                 sealed_context(kNameKind, unit), as_bytes(name)));
  return with_mac(keys, row_key('U', unit), std::move(value));
}

KeyRow kek_row(const StoreKeys& keys, const UnitKeyInfo& info, const crypto::Kek* kek) {
  Encoder value;
  value.number(kVersion);
  value.number(static_cast<std::uint8_t>(info.state));
  value.fixed(info.unit);
  value.number(info.created);
  if (kek != nullptr)
    value.fixed(crypto::seal_value(keys.kek_wrap.reveal(), crypto::label(crypto::Purpose::kKekWrap),
                                   kek_context(info.unit, info.kek, info.version), kek->reveal()));
  return with_mac(keys, row_key('K', info.kek, info.version), std::move(value));
}

Result<std::vector<RootRow>> root_rows(std::span<const KeyRow> rows) {
  std::vector<RootRow> found;
  for (const KeyRow& row : rows) {
    if (row.first.empty() || row.first[0] != 'M') continue;
    auto decoded = decode_root_row(id_of(row), row.second);
    if (!decoded) return tl::unexpected(decoded.error());
    found.push_back(std::move(*decoded));
  }
  return found;
}

Result<UnitKeys> UnitKeys::load(const StoreKeys& keys, std::span<const KeyRow> rows) {
  UnitKeys loaded;
  for (const KeyRow& row : rows)
    if (auto ok = loaded.load_row(keys, row); !ok) return tl::unexpected(ok.error());
  if (auto ok = loaded.check_units(); !ok) return tl::unexpected(ok.error());
  return loaded;
}

Status UnitKeys::check_units() {
  for (UnitKeyInfo& info : infos_) {
    const auto named =
        std::ranges::find(names_, info.unit, [](const auto& one) { return one.first; });
    if (named == names_.end()) return tl::unexpected(damaged("a unit"));
    info.unit_name = named->second;
    if (info.state == KeyState::kActive && active_of(info.unit) != &info)
      return tl::unexpected(damaged("unit key " + to_hex(info.kek)));
  }
  return {};
}

Status UnitKeys::load_row(const StoreKeys& keys, const KeyRow& row) {
  switch (row.first.empty() ? '\0' : static_cast<char>(row.first[0])) {
    case 'M':
      return {};  // opened already, or of a method nobody asked for
    case 'U':
      return load_unit(keys, row);
    case 'K':
      return load_kek(keys, row);
    case 'S': {
      auto body = verified(keys, row, "the tenant");
      if (!body) return tl::unexpected(body.error());
      Decoder in(*body);
      if (in.number<std::uint8_t>() != kVersion) return tl::unexpected(damaged("the tenant"));
      in.fixed(tenant_);
      return {};
    }
    default:
      return tl::unexpected(damaged("an unknown kind"));
  }
}

Status UnitKeys::load_unit(const StoreKeys& keys, const KeyRow& row) {
  const Id unit = id_of(row);
  auto body = verified(keys, row, "unit " + to_hex(unit));
  if (!body) return tl::unexpected(body.error());
  Decoder in(*body);
  if (in.number<std::uint8_t>() != kVersion) return tl::unexpected(damaged("a unit"));
  in.number<std::uint64_t>();
  auto name = crypto::open_value(keys.metadata.reveal(), crypto::label(crypto::Purpose::kMetadata),
                                 sealed_context(kNameKind, unit), in.rest());
  if (!name) return tl::unexpected(damaged("unit " + to_hex(unit)));
  names_.emplace_back(unit, std::string(as_text(std::as_const(*name).reveal())));
  return {};
}

Status UnitKeys::load_kek(const StoreKeys& keys, const KeyRow& row) {
  UnitKeyInfo info;
  info.kek = id_of(row);
  const std::string what = "unit key " + to_hex(info.kek);
  if (row.first.size() != 1 + 16 + 4) return tl::unexpected(damaged(what));
  info.version = load_be<std::uint32_t>(ByteView(row.first).subspan(17));
  auto body = verified(keys, row, what);
  if (!body) return tl::unexpected(body.error());
  Decoder in(*body);
  if (in.number<std::uint8_t>() != kVersion) return tl::unexpected(damaged(what));
  info.state = static_cast<KeyState>(in.number<std::uint8_t>());
  in.fixed(info.unit);
  info.created = in.number<std::uint64_t>();
  const bool gone = info.state == KeyState::kDestroyed;
  const ByteView sealed = in.rest();
  if (!is_known(info.state) || gone != sealed.empty()) return tl::unexpected(damaged(what));
  if (gone) {
    infos_.push_back(std::move(info));
    keks_.emplace_back();
    return {};
  }
  auto opened = crypto::open_value(keys.kek_wrap.reveal(), crypto::label(crypto::Purpose::kKekWrap),
                                   kek_context(info.unit, info.kek, info.version), sealed);
  if (!opened) return tl::unexpected(damaged(what));
  auto kek = crypto::Kek::copy_of(std::as_const(*opened).reveal());
  if (!kek) return tl::unexpected(kek.error());
  infos_.push_back(std::move(info));
  keks_.emplace_back(std::move(*kek));
  return {};
}

Result<UnitKeyInfo> UnitKeys::active(const Id& unit) const {
  if (const UnitKeyInfo* found = active_of(unit)) return *found;
  return fail(ErrorCode::kNotFound, "unit " + to_hex(unit) + " has no active key");
}

const UnitKeyInfo* UnitKeys::active_of(const Id& unit) const {
  for (const UnitKeyInfo& info : infos_)
    if (info.unit == unit && info.state == KeyState::kActive) return &info;
  return nullptr;
}

const UnitKeyInfo* UnitKeys::info(const VersionId& version) const {
  for (const UnitKeyInfo& info : infos_)
    if (keystore::id_of(info) == version) return &info;
  return nullptr;
}

const crypto::Kek* UnitKeys::find(const VersionId& version) const {
  const UnitKeyInfo* found = info(version);
  if (found == nullptr) return nullptr;
  const auto& kek = keks_[static_cast<std::size_t>(found - infos_.data())];
  return kek ? &*kek : nullptr;
}

}  // namespace kerros::keystore
