#include "gateway/io/registry/wanted.h"

#include <span>

namespace kerros::io {

std::optional<keystore::ItemRecord> newest_record(Exchange& x, const Wanted& wanted) {
  const keystore::KeyStore::ItemRef ref{wanted.drive_id, wanted.item_id};
  auto found = x.store().newest_bound(std::span(&ref, 1));
  if (!found) throw_store_error(found.error());
  if (!found->front()) return std::nullopt;
  return std::move(*found->front());
}

}  // namespace kerros::io
