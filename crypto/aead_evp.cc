// The backend that runs everywhere, and the faster one: OpenSSL has its own assembly for each CPU.
#include <openssl/evp.h>

#include <algorithm>

#include "crypto/aead.h"
#include "crypto/aead_lengths.h"

namespace kerros::crypto {
namespace {

struct FreeCipher {
  void operator()(EVP_CIPHER* cipher) const { EVP_CIPHER_free(cipher); }
};
struct FreeContext {  // clears the key schedule
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Cipher = std::unique_ptr<EVP_CIPHER, FreeCipher>;
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

enum class Direction : int { kOpen = 0, kSeal = 1 };

// One context for the life of the key; each chunk sets nonce and direction and nothing else, so
// that the key is expanded once.
class EvpKey final : public AeadKey {
 public:
  explicit EvpKey(Context context) : context_(std::move(context)) {}

  Status seal(const Nonce& nonce, ByteView plain, MutableByteView sealed) override {
    if (auto fits = check_seal_lengths(plain, sealed); !fits) return fits;
    if (begin(nonce, Direction::kSeal) && transform(plain, sealed.data()) && finish() &&
        tag(EVP_CTRL_AEAD_GET_TAG, sealed.data() + plain.size()))
      return {};
    wipe(sealed);
    return fail(ErrorCode::kUnavailable, "OpenSSL did not seal a chunk");
  }

  Status open(const Nonce& nonce, ByteView sealed, MutableByteView plain) override {
    if (auto fits = check_open_lengths(sealed, plain); !fits) return fits;
    // A copy, because the control call takes no const.
    std::array<std::uint8_t, kAeadTagSize> expected{};
    std::copy_n(sealed.data() + plain.size(), expected.size(), expected.begin());
    if (begin(nonce, Direction::kOpen) && tag(EVP_CTRL_AEAD_SET_TAG, expected.data()) &&
        transform(sealed.first(plain.size()), plain.data()) && finish())
      return {};
    return refuse_chunk(plain);  // EVP writes plaintext before it has seen the tag
  }

 private:
  bool begin(const Nonce& nonce, Direction direction) {
    return EVP_CipherInit_ex2(context_.get(), nullptr, nullptr, nonce.data(),
                              static_cast<int>(direction), nullptr) == 1;
  }

  bool transform(ByteView in, std::uint8_t* out) {
    if (in.empty()) return true;  // to EVP a null input means something else
    int length = 0;
    return EVP_CipherUpdate(context_.get(), out, &length, in.data(), static_cast<int>(in.size())) ==
               1 &&
           length == static_cast<int>(in.size());
  }

  bool finish() {
    std::array<std::uint8_t, EVP_MAX_BLOCK_LENGTH> nothing{};
    int length = 0;
    return EVP_CipherFinal_ex(context_.get(), nothing.data(), &length) == 1 && length == 0;
  }

  bool tag(int control, std::uint8_t* bytes) {
    return EVP_CIPHER_CTX_ctrl(context_.get(), control, static_cast<int>(kAeadTagSize), bytes) == 1;
  }

  Context context_;
};

class EvpBackend final : public Backend {
 public:
  // Fetched once: a fetch by name takes locks and parses. Never from this process's own provider,
  // which is another backend's library.
  EvpBackend()
      : aes_(EVP_CIPHER_fetch(nullptr, "AES-256-GCM", "provider!=kerros")),
        chacha_(EVP_CIPHER_fetch(nullptr, "ChaCha20-Poly1305", nullptr)) {}

  std::string_view name() const override { return "openssl"; }

  bool supports(Suite suite) const override { return cipher(suite) != nullptr; }

  Result<std::unique_ptr<AeadKey>> schedule(Suite suite, ByteView key) const override {
    if (key.size() != kAeadKeySize) return fail(ErrorCode::kMalformed, "an AEAD key has 32 bytes");
    if (!supports(suite))
      return fail(ErrorCode::kUnavailable, "this OpenSSL lacks the cipher of the suite");
    Context context(EVP_CIPHER_CTX_new());
    if (!context ||
        EVP_EncryptInit_ex2(context.get(), cipher(suite), key.data(), nullptr, nullptr) != 1)
      return fail(ErrorCode::kUnavailable, "OpenSSL did not take a key");
    return std::make_unique<EvpKey>(std::move(context));
  }

 private:
  const EVP_CIPHER* cipher(Suite suite) const {
    switch (suite) {
      case Suite::kAes256Gcm:
        return aes_.get();
      case Suite::kChaCha20Poly1305:
        return chacha_.get();
    }
    return nullptr;
  }

  Cipher aes_;
  Cipher chacha_;
};

}  // namespace

std::unique_ptr<Backend> make_openssl_backend() { return std::make_unique<EvpBackend>(); }

}  // namespace kerros::crypto
