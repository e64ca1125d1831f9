// AES-GCM as libipsec-mb has it: for the wide registers of recent CPUs, several times as fast as
// where AES is done block by block.
//
// The library is looked for when the process runs, so that a machine without it, or with a CPU it
// cannot use, works as before (docs/decisions/0012). ipsecmb.cc is the one file that sees it.
//
// Thread safety: an IpsecMb may be shared; a GcmKey belongs to one thread at a time.
// Lifetime: what was loaded stays for the life of the process. A GcmKey holds its schedule within
// itself, aligned as the library wants it, and wipes it when it goes.
#pragma once

#include <memory>

#include "crypto/aead.h"

namespace kerros::crypto {

struct GcmFunctions;  // of one key size

class GcmKey {
 public:
  GcmKey(const GcmFunctions& functions, ByteView key);
  GcmKey(const GcmKey&) = default;  // with what was begun, so that both can go on from there
  GcmKey& operator=(const GcmKey&) = delete;
  ~GcmKey();

  // `sealed` has room for as many bytes as `plain` and may be where it is.
  void seal(const Nonce& nonce, ByteView plain, std::uint8_t* sealed,
            std::span<std::uint8_t, kAeadTagSize> tag);
  // False when the tag is not that of these bytes; `plain` then holds what nobody may see.
  [[nodiscard]] bool open(const Nonce& nonce, ByteView sealed, std::uint8_t* plain,
                          std::span<const std::uint8_t, kAeadTagSize> tag);

  // The same in pieces of any size, with associated data; finish() tells the tag that is right.
  enum class Way : std::uint8_t { kSeal, kOpen };
  void begin(const Nonce& nonce, ByteView associated);
  void update(Way way, ByteView in, std::uint8_t* out);
  void finish(Way way, std::span<std::uint8_t, kAeadTagSize> tag);

 private:
  static constexpr std::size_t kScheduleSize = 1024;
  static constexpr std::size_t kStateSize = 96;

  alignas(64) std::array<std::uint8_t, kScheduleSize> schedule_{};
  alignas(16) std::array<std::uint8_t, kStateSize> state_{};
  const GcmFunctions* functions_;
};

class IpsecMb {
 public:
  // kUnavailable says what is missing: the library, or what it needs of the CPU.
  static Result<IpsecMb> load(Instructions instructions, const char* file = kFile);

  const GcmFunctions& aes128() const { return *aes128_; }
  const GcmFunctions& aes256() const { return *aes256_; }

 private:
  static constexpr const char* kFile = "libIPSec_MB.so.1";

  IpsecMb(std::shared_ptr<const GcmFunctions> aes128, std::shared_ptr<const GcmFunctions> aes256)
      : aes128_(std::move(aes128)), aes256_(std::move(aes256)) {}
  std::shared_ptr<const GcmFunctions> aes128_;
  std::shared_ptr<const GcmFunctions> aes256_;
};

}  // namespace kerros::crypto
