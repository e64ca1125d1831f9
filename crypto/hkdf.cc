#include "crypto/hkdf.h"

#include <sodium.h>

#include <algorithm>

#include "crypto/secret.h"

namespace kerros::crypto {
namespace {

constexpr std::size_t kBlock = crypto_auth_hmacsha512_BYTES;

class Hmac {
 public:
  explicit Hmac(ByteView key) {
    constexpr std::uint8_t kNone = 0;  // an empty salt is allowed, a null pointer is not
    crypto_auth_hmacsha512_init(&state_, key.empty() ? &kNone : key.data(), key.size());
  }
  ~Hmac() { sodium_memzero(&state_, sizeof(state_)); }
  Hmac(const Hmac&) = delete;
  Hmac& operator=(const Hmac&) = delete;

  void update(ByteView bytes) {
    crypto_auth_hmacsha512_update(&state_, bytes.data(), bytes.size());
  }
  void finish(std::array<std::uint8_t, kBlock>& out) {
    crypto_auth_hmacsha512_final(&state_, out.data());
  }

 private:
  crypto_auth_hmacsha512_state state_;
};

}  // namespace

Status hkdf_expand(ByteView key, ByteView info, MutableByteView out) {
  if (out.size() > 255 * kBlock)
    return fail(ErrorCode::kMalformed, "HKDF-Expand gives at most 255 blocks");
  std::array<std::uint8_t, kBlock> block{};
  ByteView previous;  // RFC 5869 2.3: T(0) is empty
  for (std::uint8_t counter = 1; !out.empty(); ++counter) {
    Hmac hmac(key);
    hmac.update(previous);
    hmac.update(info);
    hmac.update({&counter, 1});
    hmac.finish(block);
    const std::size_t take = std::min(out.size(), kBlock);
    std::copy_n(block.begin(), take, out.begin());
    out = out.subspan(take);
    previous = block;
  }
  wipe(block);
  return {};
}

std::array<std::uint8_t, 64> hkdf_extract(ByteView salt, ByteView input_key) {
  std::array<std::uint8_t, kBlock> key{};
  Hmac hmac(salt);
  hmac.update(input_key);
  hmac.finish(key);
  return key;
}

std::array<std::uint8_t, 64> sha512(ByteView bytes) {
  std::array<std::uint8_t, crypto_hash_sha512_BYTES> hash{};
  crypto_hash_sha512(hash.data(), bytes.data(), bytes.size());
  return hash;
}

std::array<std::uint8_t, 32> sha256(ByteView bytes) {
  std::array<std::uint8_t, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256(hash.data(), bytes.data(), bytes.size());
  return hash;
}

}  // namespace kerros::crypto
