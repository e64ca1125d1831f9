// One chunk in, one chunk out: the AEADs of the sealed file behind one interface.
//
// Three backends give the same bytes: libsodium (reference; its AES-GCM needs AES-NI), OpenSSL EVP
// (everywhere) and libipsec-mb (the fastest, on CPUs with VAES; its ChaCha20-Poly1305 is
// OpenSSL's). choose_backend() runs known-answer and differential self-tests before it hands one
// out; a backend that fails is never used.
//
// Thread safety: a Backend may be shared; an AeadKey belongs to one transfer and one thread.
// Lifetime: an AeadKey keeps nothing of the key bytes it was made from except its own schedule,
// which is wiped when it goes. That schedule lies on the heap and not in locked memory: hosts of
// keys have no swap, or an encrypted one.
// Source: RFC 5116, RFC 8439; C2SP chunked-encryption.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "crypto/bytes.h"
#include "crypto/result.h"

namespace kerros::crypto {

enum class Suite : std::uint16_t {  // On disk: never renumber.
  kAes256Gcm = 1,
  kChaCha20Poly1305 = 2,
};
const char* name(Suite suite);  // the AEAD's name in RFC 5116's registry

inline constexpr std::size_t kAeadKeySize = 32;
inline constexpr std::size_t kAeadNonceSize = 12;
inline constexpr std::size_t kAeadTagSize = 16;
using Nonce = std::array<std::uint8_t, kAeadNonceSize>;

class AeadKey {
 public:
  virtual ~AeadKey() = default;
  // sealed.size() == plain.size() + 16; plain may start where sealed starts (in place).
  virtual Status seal(const Nonce& nonce, ByteView plain, MutableByteView sealed) = 0;
  // plain.size() == sealed.size() - 16; may start where sealed starts. kNotAuthentic on failure,
  // and then `plain` holds no plaintext.
  virtual Status open(const Nonce& nonce, ByteView sealed, MutableByteView plain) = 0;
};

class Backend {
 public:
  virtual ~Backend() = default;
  virtual std::string_view name() const = 0;  // "ipsec-mb", "libsodium", "openssl"
  virtual bool supports(Suite suite) const = 0;
  virtual Result<std::unique_ptr<AeadKey>> schedule(Suite suite, ByteView key) const = 0;
};

// What libipsec-mb may use of the CPU. kWide: the widest AES there is, or nothing; kBest: the best
// this CPU has. The others are for tests, which thereby see the code of smaller CPUs.
enum class Instructions : std::uint8_t { kWide, kBest, kAvx2, kSse };

std::unique_ptr<Backend> make_sodium_backend();
std::unique_ptr<Backend> make_openssl_backend();
// kUnavailable says what is missing: the library, a feature of the CPU, a suite.
Result<std::unique_ptr<Backend>> make_ipsecmb_backend(Instructions instructions);

// Known-answer tests of every suite the backend supports.
Status self_test(const Backend& backend);
// `rounds` random nonces, lengths and texts under random keys, sealed by one and opened by the
// other.
Status compare_backends(const Backend& a, const Backend& b, Suite suite, int rounds);

struct Chosen {
  std::unique_ptr<Backend> backend;
  std::string passed_over;  // why the fastest does not serve; empty when it does or was not wanted
};
using MakeIpsecMb = Result<std::unique_ptr<Backend>> (*)(Instructions);

// "auto" takes the fastest that passed: libipsec-mb on a CPU with VAES, else OpenSSL. "ipsec-mb",
// "openssl" or "libsodium" forces one. kUnavailable names the reason when none passed.
Result<Chosen> choose_backend(std::string_view wanted,
                              MakeIpsecMb make_ipsecmb = make_ipsecmb_backend);

}  // namespace kerros::crypto
