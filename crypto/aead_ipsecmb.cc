// The fastest backend, where the CPU is wide enough for it. OpenSSL does what it lacks.
#include "crypto/aead_lengths.h"
#include "crypto/ipsecmb.h"

namespace kerros::crypto {
namespace {

class IpsecMbAesGcm final : public AeadKey {
 public:
  IpsecMbAesGcm(const GcmFunctions& functions, ByteView key) : key_(functions, key) {}

  Status seal(const Nonce& nonce, ByteView plain, MutableByteView sealed) override {
    if (auto fits = check_seal_lengths(plain, sealed); !fits) return fits;
    key_.seal(nonce, plain, sealed.data(), sealed.last<kAeadTagSize>());
    return {};
  }

  Status open(const Nonce& nonce, ByteView sealed, MutableByteView plain) override {
    if (auto fits = check_open_lengths(sealed, plain); !fits) return fits;
    if (!key_.open(nonce, sealed.first(plain.size()), plain.data(), sealed.last<kAeadTagSize>()))
      return refuse_chunk(plain);
    return {};
  }

 private:
  GcmKey key_;
};

class IpsecMbBackend final : public Backend {
 public:
  explicit IpsecMbBackend(IpsecMb library) : library_(std::move(library)) {}

  std::string_view name() const override { return "ipsec-mb"; }

  bool supports(Suite suite) const override {
    return suite == Suite::kAes256Gcm || rest_->supports(suite);
  }

  Result<std::unique_ptr<AeadKey>> schedule(Suite suite, ByteView key) const override {
    if (suite != Suite::kAes256Gcm) return rest_->schedule(suite, key);
    if (key.size() != kAeadKeySize) return fail(ErrorCode::kMalformed, "an AEAD key has 32 bytes");
    return std::make_unique<IpsecMbAesGcm>(library_.aes256(), key);
  }

 private:
  IpsecMb library_;
  std::unique_ptr<Backend> rest_ = make_openssl_backend();
};

}  // namespace

Result<std::unique_ptr<Backend>> make_ipsecmb_backend(Instructions instructions) {
  auto library = IpsecMb::load(instructions);
  if (!library) return tl::unexpected(library.error());
  return std::make_unique<IpsecMbBackend>(std::move(*library));
}

}  // namespace kerros::crypto
