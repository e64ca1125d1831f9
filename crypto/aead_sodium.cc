// The reference backend. Its AES-256-GCM is built on AES-NI and PCLMUL only.
#include <sodium.h>

#include <algorithm>

#include "crypto/aead.h"
#include "crypto/aead_lengths.h"

namespace kerros::crypto {
namespace {

static_assert(crypto_aead_aes256gcm_KEYBYTES == kAeadKeySize);
static_assert(crypto_aead_aes256gcm_NPUBBYTES == kAeadNonceSize);
static_assert(crypto_aead_aes256gcm_ABYTES == kAeadTagSize);
static_assert(crypto_aead_chacha20poly1305_ietf_KEYBYTES == kAeadKeySize);
static_assert(crypto_aead_chacha20poly1305_ietf_NPUBBYTES == kAeadNonceSize);
static_assert(crypto_aead_chacha20poly1305_ietf_ABYTES == kAeadTagSize);

class SodiumAesGcm final : public AeadKey {
 public:
  explicit SodiumAesGcm(ByteView key) { crypto_aead_aes256gcm_beforenm(&state_, key.data()); }
  ~SodiumAesGcm() override { sodium_memzero(&state_, sizeof(state_)); }

  Status seal(const Nonce& nonce, ByteView plain, MutableByteView sealed) override {
    if (auto fits = check_seal_lengths(plain, sealed); !fits) return fits;
    crypto_aead_aes256gcm_encrypt_detached_afternm(sealed.data(), sealed.data() + plain.size(),
                                                   nullptr, plain.data(), plain.size(), nullptr, 0,
                                                   nullptr, nonce.data(), &state_);
    return {};
  }

  Status open(const Nonce& nonce, ByteView sealed, MutableByteView plain) override {
    if (auto fits = check_open_lengths(sealed, plain); !fits) return fits;
    if (crypto_aead_aes256gcm_decrypt_detached_afternm(plain.data(), nullptr, sealed.data(),
                                                       plain.size(), sealed.data() + plain.size(),
                                                       nullptr, 0, nonce.data(), &state_) != 0)
      return refuse_chunk(plain);
    return {};
  }

 private:
  crypto_aead_aes256gcm_state state_;
};

class SodiumChaCha final : public AeadKey {
 public:
  explicit SodiumChaCha(ByteView key) { std::copy(key.begin(), key.end(), key_.begin()); }
  ~SodiumChaCha() override { wipe(key_); }

  Status seal(const Nonce& nonce, ByteView plain, MutableByteView sealed) override {
    if (auto fits = check_seal_lengths(plain, sealed); !fits) return fits;
    crypto_aead_chacha20poly1305_ietf_encrypt_detached(sealed.data(), sealed.data() + plain.size(),
                                                       nullptr, plain.data(), plain.size(), nullptr,
                                                       0, nullptr, nonce.data(), key_.data());
    return {};
  }

  Status open(const Nonce& nonce, ByteView sealed, MutableByteView plain) override {
    if (auto fits = check_open_lengths(sealed, plain); !fits) return fits;
    if (crypto_aead_chacha20poly1305_ietf_decrypt_detached(
            plain.data(), nullptr, sealed.data(), plain.size(), sealed.data() + plain.size(),
            nullptr, 0, nonce.data(), key_.data()) != 0)
      return refuse_chunk(plain);
    return {};
  }

 private:
  std::array<std::uint8_t, kAeadKeySize> key_{};
};

class SodiumBackend final : public Backend {
 public:
  std::string_view name() const override { return "libsodium"; }

  bool supports(Suite suite) const override {
    return suite == Suite::kChaCha20Poly1305 ||
           (suite == Suite::kAes256Gcm && crypto_aead_aes256gcm_is_available() == 1);
  }

  Result<std::unique_ptr<AeadKey>> schedule(Suite suite, ByteView key) const override {
    if (key.size() != kAeadKeySize) return fail(ErrorCode::kMalformed, "an AEAD key has 32 bytes");
    if (!supports(suite))
      return fail(ErrorCode::kUnavailable, "libsodium's AES-256-GCM needs a CPU with AES-NI");
    if (suite == Suite::kAes256Gcm) return std::make_unique<SodiumAesGcm>(key);
    return std::make_unique<SodiumChaCha>(key);
  }
};

}  // namespace

std::unique_ptr<Backend> make_sodium_backend() { return std::make_unique<SodiumBackend>(); }

}  // namespace kerros::crypto
