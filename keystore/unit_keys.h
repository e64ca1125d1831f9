// The rows of the `keys` environment: who this store is, its units, the versions of their keys.
//
//   'S'                         version(1) tenant(16) created(8) mac(32)
//   'M' method(16)              a row of root.h
//   'U' unit(16)                version(1) created(8) sealed name mac(32)
//   'K' kek(16) kek version(4)  version(1) state(1) unit(16) created(8) sealed key mac(32)
//                               without a sealed key when it is destroyed
//
// A unit has at most one active version. What does not hold together is refused as damaged.
// Thread safety: const after load. Source: docs/format.md 5.3.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "crypto/wrap.h"
#include "keystore/key_versions.h"
#include "keystore/root.h"
#include "keystore/store_keys.h"

namespace kerros::keystore {

using KeyRow = std::pair<Bytes, Bytes>;  // key, value

KeyRow store_row(const StoreKeys& keys, const Id& tenant, UnixMillis created);
KeyRow root_row(const RootRow& row);
KeyRow unit_row(const StoreKeys& keys, const Id& unit, std::string_view name, UnixMillis created);
KeyRow kek_row(const StoreKeys& keys, const UnitKeyInfo& info, const crypto::Kek* kek);

Result<std::vector<RootRow>> root_rows(std::span<const KeyRow> rows);

class UnitKeys {
 public:
  static Result<UnitKeys> load(const StoreKeys& keys, std::span<const KeyRow> rows);

  const Id& tenant() const { return tenant_; }
  const std::vector<UnitKeyInfo>& all() const { return infos_; }
  // The version that seals; kNotFound: no such unit or none active.
  Result<UnitKeyInfo> active(const Id& unit) const;
  const UnitKeyInfo* active_of(const Id& unit) const;  // the same; null
  const UnitKeyInfo* info(const VersionId& version) const;
  const crypto::Kek* find(const VersionId& version) const;  // null: unknown or destroyed

 private:
  UnitKeys() = default;
  Status load_row(const StoreKeys& keys, const KeyRow& row);
  Status load_kek(const StoreKeys& keys, const KeyRow& row);
  Status load_unit(const StoreKeys& keys, const KeyRow& row);
  Status check_units();
  Id tenant_{};
  std::vector<UnitKeyInfo> infos_;
  std::vector<std::optional<crypto::Kek>> keks_;  // beside infos_; none of a destroyed one
  std::vector<std::pair<Id, std::string>> names_;
};

}  // namespace kerros::keystore
