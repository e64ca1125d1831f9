#include "crypto/file_keys.h"

#include <algorithm>

#include "crypto/check.h"
#include "crypto/hkdf.h"
#include "crypto/secret.h"

namespace kerros::crypto {
namespace {

constexpr std::string_view kLabel = "c2sp.org/chunked-encryption@v1+";

Bytes info_of(Suite suite, const Salt& salt, const HeaderBytes& header) {
  const std::string_view aead = name(suite);
  const auto context = sha512(header);
  Bytes info;
  info.reserve(kLabel.size() + aead.size() + 1 + salt.size() + context.size());
  info.insert(info.end(), kLabel.begin(), kLabel.end());
  info.insert(info.end(), aead.begin(), aead.end());
  info.push_back(0);
  info.insert(info.end(), salt.begin(), salt.end());
  info.insert(info.end(), context.begin(), context.end());
  return info;
}

}  // namespace

FileKeys::FileKeys(ByteView dek, Suite suite, const Salt& salt, const HeaderBytes& header) {
  KERROS_CHECK(dek.size() == kDekSize, "callers check the size of the key");
  const Status derived = hkdf_expand(dek, info_of(suite, salt, header), bytes_);
  KERROS_CHECK(derived.has_value(), "76 bytes are within what HKDF-Expand gives");
}

FileKeys::~FileKeys() { wipe(bytes_); }

Nonce FileKeys::base_nonce() const {
  Nonce nonce{};
  std::copy_n(bytes_.begin() + kAeadKeySize, nonce.size(), nonce.begin());
  return nonce;
}

Commitment FileKeys::commitment() const {
  Commitment commitment{};
  std::copy_n(bytes_.begin() + kAeadKeySize + kAeadNonceSize, commitment.size(),
              commitment.begin());
  return commitment;
}

Nonce nonce_of_chunk(const Nonce& base, std::uint64_t number) {
  Nonce nonce = base;
  for (std::size_t i = nonce.size(); number != 0; number >>= 8)
    nonce[--i] ^= static_cast<std::uint8_t>(number & 0xff);
  return nonce;
}

}  // namespace kerros::crypto
