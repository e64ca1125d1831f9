// One AES-GCM cipher context as OpenSSL's providers have it: the rules of when which call is
// allowed, apart from OpenSSL's calling conventions (gcm_dispatch.cc).
//
// Every function answers false where OpenSSL's own cipher refuses: no key, no nonce, a nonce used
// up, a tag that is not right. Nonces have 12 bytes and nothing else.
//
// Thread safety: one thread at a time. Lifetime: its key is wiped when it goes; a copy has its own.
#pragma once

#include <optional>

#include "crypto/ipsecmb.h"

namespace kerros::tls {

class GcmCipher {
 public:
  static constexpr std::size_t kTagSize = crypto::kAeadTagSize;
  static constexpr std::size_t kNonceSize = crypto::kAeadNonceSize;
  static constexpr std::size_t kExplicitSize = 8;  // of the nonce, at the front of a TLS 1.2 record
  using Way = crypto::GcmKey::Way;

  GcmCipher(const crypto::GcmFunctions& functions, std::size_t key_size)
      : functions_(&functions), key_size_(key_size) {}

  std::size_t key_size() const { return key_size_; }
  const crypto::Nonce& nonce() const { return nonce_; }

  bool init(Way way, ByteView key, ByteView nonce);  // either may be empty: as it was
  bool add_associated(ByteView data);
  bool update(ByteView in, std::uint8_t* out);
  bool finish();

  bool set_tag(ByteView tag);               // before opening is finished
  bool get_tag(MutableByteView tag) const;  // after sealing is finished

  // TLS 1.2: the fixed part of the nonce (all of it: the rest comes with each record), the header
  // of the next record, and that record in place.
  bool set_fixed_nonce(ByteView fixed);
  bool set_whole_nonce(ByteView nonce);  // where the count begins as well
  bool set_record_header(ByteView header);
  bool in_record() const { return !record_header_.empty(); }
  std::optional<std::size_t> record(MutableByteView record);  // size of what is in it now

  bool next_explicit(MutableByteView out);  // while sealing; counts on
  bool set_explicit(ByteView in);           // while opening

 private:
  enum class NonceState : std::uint8_t { kNone, kReady, kBegun, kSpent };

  bool begin();

  const crypto::GcmFunctions* functions_;
  std::size_t key_size_;
  std::optional<crypto::GcmKey> key_;
  Way way_ = Way::kSeal;
  crypto::Nonce nonce_{};  // of what is being done
  crypto::Nonce next_{};   // TLS 1.2: fixed part, and an explicit one that counts
  NonceState state_ = NonceState::kNone;
  bool counts_ = false;  // next_ was set
  Bytes associated_;
  Bytes record_header_;
  std::array<std::uint8_t, kTagSize> tag_{};
  bool has_tag_ = false;
};

}  // namespace kerros::tls
