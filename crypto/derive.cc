#include "crypto/derive.h"

#include <sodium.h>

#include "crypto/check.h"
#include "crypto/hkdf.h"

namespace kerros::crypto {

// On disk: never change a text. docs/format.md 4 has the same table.
std::string_view label(Purpose purpose) {
  switch (purpose) {
    case Purpose::kKekWrap:
      return "kerros/1/kek-wrap";
    case Purpose::kRecordMac:
      return "kerros/1/record-mac";
    case Purpose::kMetadata:
      return "kerros/1/metadata";
    case Purpose::kUrlToken:
      return "kerros/1/url-token";
    case Purpose::kSession:
      return "kerros/1/session";
    case Purpose::kAuditSalt:
      return "kerros/1/audit-salt";
    case Purpose::kAuditSeal:
      return "kerros/1/audit-seal";
    case Purpose::kAuditSign:
      return "kerros/1/audit-sign";
    case Purpose::kSetHash:
      return "kerros/1/set-hash";
    case Purpose::kOpaqueName:
      return "kerros/1/opaque-name";
  }
  KERROS_CHECK(false, "every purpose has a label");
}

Result<SecretBytes> derive(const RootKey& root, Purpose purpose, ByteView context) {
  auto key = SecretBytes::make(32);
  if (!key) return key;
  const ByteView text = as_bytes(label(purpose));
  Bytes info(text.begin(), text.end());
  info.push_back(0);
  info.insert(info.end(), context.begin(), context.end());
  if (auto done = hkdf_expand(root.reveal(), info, key->reveal()); !done)
    return tl::unexpected(done.error());
  return key;
}

std::array<std::uint8_t, 32> mac(ByteView key, ByteView message) {
  KERROS_CHECK(!key.empty(), "a MAC has a key");
  std::array<std::uint8_t, crypto_auth_hmacsha512256_BYTES> tag{};
  crypto_auth_hmacsha512256_state state;
  crypto_auth_hmacsha512256_init(&state, key.data(), key.size());
  crypto_auth_hmacsha512256_update(&state, message.data(), message.size());
  crypto_auth_hmacsha512256_final(&state, tag.data());
  sodium_memzero(&state, sizeof(state));
  return tag;
}

}  // namespace kerros::crypto
