#include "describe.h"

#include "crypto/hkdf.h"

namespace kerros::keystore {

Result<crypto::Commitment> test_commitment(const crypto::Header& header, const crypto::Salt& salt,
                                           ByteView dek) {
  Bytes all(dek.begin(), dek.end());
  all.insert(all.end(), salt.begin(), salt.end());
  all.insert(all.end(), header.key.begin(), header.key.end());
  return crypto::sha256(all);
}

std::string describe(KeyStore& store, const ItemRecord& record) {
  const auto dek = store.unlock(record.sealed);
  if (!dek) return to_hex(record.sealed.key) + " locked: " + dek.error().detail;
  return to_hex(record.sealed.key) + " " + name(record.state) + " " + record.binding.drive_id +
         " " + record.binding.item_id + " " + record.binding.name + " " + record.item_class + " " +
         record.created_by + " " + to_hex(record.binding.sealed_hash) + " " +
         to_hex(crypto::sha256(dek->reveal()));
}

}  // namespace kerros::keystore
