#include "crypto/wrap.h"

#include <sodium.h>

#include <algorithm>

#include "crypto/check.h"
#include "crypto/hkdf.h"

namespace kerros::crypto {
namespace {

constexpr std::size_t kNonceSize = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTagSize = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t kKeySize = crypto_aead_xchacha20poly1305_ietf_KEYBYTES;
static_assert(kNonceSize == 24 && kTagSize == 16 && kKeySize == 32);
static_assert(kValueOverhead == kNonceSize + kTagSize);

constexpr std::string_view kDekLabel = "kerros/1/dek-wrap";
constexpr std::string_view kRecoveryLabel = "kerros/1/recovery-wrap";

// Associated data: a label closed by a zero byte, then fields of fixed length or counted ones, so
// that no two contexts give the same bytes.
class Associated {
 public:
  explicit Associated(std::string_view label) {
    add(as_bytes(label));
    bytes_.push_back(0);
  }
  Associated& add(ByteView field) {
    bytes_.insert(bytes_.end(), field.begin(), field.end());
    return *this;
  }
  template <typename Integer>
  Associated& add_be(Integer value) {
    std::array<std::uint8_t, sizeof(Integer)> field{};
    store_be(field, value);
    return add(field);
  }
  ByteView view() const { return bytes_; }

 private:
  Bytes bytes_;
};

Associated associated(const WrapContext& context) {
  Associated data(kDekLabel);
  data.add(context.tenant).add(context.unit).add(context.kek).add_be(context.kek_version);
  data.add(context.key).add(sha512(context.header)).add(context.commitment);
  return data;
}

Associated associated(const HeaderBytes& header, const Commitment& commitment) {
  Associated data(kRecoveryLabel);
  data.add(sha512(header)).add(commitment);
  return data;
}

Associated associated(std::string_view label, ByteView context) {
  KERROS_CHECK(label.find('\0') == std::string_view::npos, "a label ends at its first zero byte");
  Associated data(label);
  data.add_be(static_cast<std::uint64_t>(context.size())).add(context);
  return data;
}

// sealed = nonce || ciphertext || tag; its size is 40 more than the value's.
void seal_into(ByteView key, const Associated& data, ByteView value, MutableByteView sealed) {
  KERROS_CHECK(key.size() == kKeySize, "wrapping keys have 32 bytes");
  const MutableByteView nonce = sealed.first(kNonceSize);
  fill_random(nonce);
  crypto_aead_xchacha20poly1305_ietf_encrypt(sealed.data() + kNonceSize, nullptr, value.data(),
                                             value.size(), data.view().data(), data.view().size(),
                                             nullptr, nonce.data(), key.data());
}

Status open_into(ByteView key, const Associated& data, ByteView sealed, MutableByteView value) {
  KERROS_CHECK(key.size() == kKeySize, "wrapping keys have 32 bytes");
  const ByteView body = sealed.subspan(kNonceSize);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(
          value.data(), nullptr, nullptr, body.data(), body.size(), data.view().data(),
          data.view().size(), sealed.data(), key.data()) == 0)
    return {};
  wipe(value);
  return fail(ErrorCode::kNotAuthentic, "a wrap is not authentic");
}

}  // namespace

WrappedKey wrap_dek(const Kek& kek, const WrapContext& context, ByteView dek) {
  KERROS_CHECK(dek.size() == kKeySize, "file keys have 32 bytes");
  WrappedKey wrapped{};
  seal_into(kek.reveal(), associated(context), dek, wrapped);
  return wrapped;
}

Status unwrap_dek(const Kek& kek, const WrapContext& context, const WrappedKey& wrapped,
                  MutableByteView dek) {
  KERROS_CHECK(dek.size() == kKeySize, "file keys have 32 bytes");
  return open_into(kek.reveal(), associated(context), wrapped, dek);
}

RecoveryBytes wrap_recovery(const RecoveryEpochKey& epoch_key, const Id& epoch,
                            const HeaderBytes& header, const Commitment& commitment, ByteView dek) {
  KERROS_CHECK(dek.size() == kKeySize, "file keys have 32 bytes");
  static_assert(format::kWrapAt == format::kWrapNonceAt + kNonceSize);
  static_assert(format::kRecoveryUnusedAt == format::kWrapAt + kKeySize + kTagSize);
  RecoveryBytes recovery{};
  std::copy(epoch.begin(), epoch.end(), recovery.begin() + format::kEpochAt);
  seal_into(epoch_key.reveal(), associated(header, commitment), dek,
            MutableByteView(recovery).subspan(format::kWrapNonceAt, kWrappedKeySize));
  return recovery;
}

Status unwrap_recovery(const RecoveryEpochKey& epoch_key, const Prefix& prefix,
                       MutableByteView dek) {
  KERROS_CHECK(dek.size() == kKeySize, "file keys have 32 bytes");
  if (!prefix.header.has_recovery)
    return fail(ErrorCode::kNotFound, "the file carries no recovery wrap");
  return open_into(epoch_key.reveal(), associated(prefix.header_bytes, prefix.commitment),
                   ByteView(prefix.recovery).subspan(format::kWrapNonceAt, kWrappedKeySize), dek);
}

Bytes seal_value(ByteView key, std::string_view label, ByteView context, ByteView value) {
  Bytes sealed(value.size() + kValueOverhead);
  seal_into(key, associated(label, context), value, sealed);
  return sealed;
}

Result<SecretBytes> open_value(ByteView key, std::string_view label, ByteView context,
                               ByteView sealed) {
  if (sealed.size() < kValueOverhead)
    return fail(ErrorCode::kTruncated, "a sealed value is shorter than its nonce and tag");
  auto value = SecretBytes::make(sealed.size() - kValueOverhead);
  if (!value) return value;
  if (auto opened = open_value_into(key, label, context, sealed, value->reveal()); !opened)
    return tl::unexpected(opened.error());
  return value;
}

Status open_value_into(ByteView key, std::string_view label, ByteView context, ByteView sealed,
                       MutableByteView value) {
  if (sealed.size() < kValueOverhead)
    return fail(ErrorCode::kTruncated, "a sealed value is shorter than its nonce and tag");
  if (value.size() != sealed.size() - kValueOverhead)
    return fail(ErrorCode::kMalformed, "a sealed value opens to another size");
  return open_into(key, associated(label, context), sealed, value);
}

}  // namespace kerros::crypto
