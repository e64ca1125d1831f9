#include "gateway/io/registry/wanted.h"

#include <algorithm>
#include <span>

namespace kerros::io {

std::optional<keystore::ItemRecord> newest_record(Exchange& x, const Wanted& wanted) {
  const keystore::KeyStore::ItemRef ref{wanted.drive_id, wanted.item_id};
  auto found = x.store().newest_bound(std::span(&ref, 1));
  if (!found) throw_store_error(found.error());
  if (!found->front()) return std::nullopt;
  return std::move(*found->front());
}

bool is_sealed(Exchange& x, std::string_view drive_id, std::string_view item_id) {
  const auto versions = x.store().versions(drive_id, item_id);
  if (!versions) throw_store_error(versions.error());
  return std::ranges::any_of(
      *versions, [](const keystore::ItemRecord& version) { return says_sealed(version.state); });
}

}  // namespace kerros::io
