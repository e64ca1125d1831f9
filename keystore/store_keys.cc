#include "keystore/store_keys.h"

#include "keystore/wire.h"

namespace kerros::keystore {

Result<StoreKeys> StoreKeys::derive(const crypto::RootKey& root) {
  using crypto::Purpose;
  StoreKeys keys;
  const struct {
    crypto::SecretBytes* key;
    Purpose purpose;
    std::string_view context;
  } wanted[] = {
      {&keys.kek_wrap, Purpose::kKekWrap, ""},   {&keys.record_mac, Purpose::kRecordMac, ""},
      {&keys.metadata, Purpose::kMetadata, ""},  {&keys.set_hash, Purpose::kSetHash, ""},
      {&keys.index, Purpose::kSetHash, "index"},
  };
  for (const auto& [key, purpose, context] : wanted) {
    auto derived = crypto::derive(root, purpose, as_bytes(context));
    if (!derived) return tl::unexpected(derived.error());
    *key = std::move(*derived);
  }
  return keys;
}

Bytes sealed_context(std::string_view kind, ByteView belongs_to) {
  Encoder out;
  out.text(kind);
  out.fixed(belongs_to);
  return out.take();
}

}  // namespace kerros::keystore
