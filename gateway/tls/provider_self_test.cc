#include "gateway/tls/provider_self_test.h"

#include <openssl/evp.h>

#include <algorithm>
#include <memory>

#include "crypto/aead.h"
#include "crypto/random.h"

namespace kerros::tls {
namespace {

constexpr int kRounds = 5'000;  // of each key size
constexpr int kRoundsOfKey = 50;
constexpr std::size_t kLongest = 16 * 1024 + 256;
constexpr std::size_t kTag = crypto::kAeadTagSize;

struct Free {
  void operator()(EVP_CIPHER* cipher) const { EVP_CIPHER_free(cipher); }
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Cipher = std::unique_ptr<EVP_CIPHER, Free>;

// A cipher with its key, both directions.
class Side {
 public:
  Side(const EVP_CIPHER* cipher, ByteView key)
      : seals_(EVP_CIPHER_CTX_new()), opens_(EVP_CIPHER_CTX_new()) {
    good_ = EVP_EncryptInit_ex2(seals_.get(), cipher, key.data(), nullptr, nullptr) == 1 &&
            EVP_DecryptInit_ex2(opens_.get(), cipher, key.data(), nullptr, nullptr) == 1;
  }

  bool seal(ByteView nonce, ByteView head, ByteView plain, MutableByteView sealed) {
    EVP_CIPHER_CTX* context = seals_.get();
    return good_ && EVP_EncryptInit_ex2(context, nullptr, nullptr, nonce.data(), nullptr) == 1 &&
           run(context, head, plain, sealed.data()) &&
           EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, static_cast<int>(kTag),
                               sealed.data() + plain.size()) == 1;
  }

  bool open(ByteView nonce, ByteView head, MutableByteView sealed, MutableByteView plain) {
    EVP_CIPHER_CTX* context = opens_.get();
    return good_ && EVP_DecryptInit_ex2(context, nullptr, nullptr, nonce.data(), nullptr) == 1 &&
           EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, static_cast<int>(kTag),
                               sealed.data() + plain.size()) == 1 &&
           run(context, head, sealed.first(plain.size()), plain.data());
  }

 private:
  static bool run(EVP_CIPHER_CTX* context, ByteView head, ByteView in, std::uint8_t* out) {
    int size = 0;
    std::array<std::uint8_t, EVP_MAX_BLOCK_LENGTH> nothing{};
    return EVP_CipherUpdate(context, nullptr, &size, head.data(), static_cast<int>(head.size())) ==
               1 &&
           (in.empty() ||
            EVP_CipherUpdate(context, out, &size, in.data(), static_cast<int>(in.size())) == 1) &&
           EVP_CipherFinal_ex(context, nothing.data(), &size) == 1;
  }

  std::unique_ptr<EVP_CIPHER_CTX, Free> seals_;
  std::unique_ptr<EVP_CIPHER_CTX, Free> opens_;
  bool good_ = false;
};

struct Bench {
  Bytes text = Bytes(kLongest);
  Bytes sealed_ours = Bytes(kLongest + kTag);
  Bytes sealed_theirs = sealed_ours;
  Bytes opened = Bytes(kLongest);
};

std::size_t length_of(int round, std::uint16_t random) {
  constexpr std::array<std::size_t, 8> kBorders = {0, 1, 15, 16, 17, 767, 16384, kLongest};
  if (static_cast<std::size_t>(round) < kBorders.size())
    return kBorders[static_cast<std::size_t>(round)];
  return random % (round % 64 == 0 ? kLongest + 1 : 1025);
}

bool opens_to(Side& side, ByteView nonce, ByteView head, MutableByteView sealed, Bench& bench,
              ByteView text) {
  const auto room = MutableByteView(bench.opened).first(text.size());
  return side.open(nonce, head, sealed, room) && std::ranges::equal(room, text);
}

bool agree_once(Side& ours, Side& theirs, int round, Bench& bench) {
  std::array<std::uint8_t, 12 + 13 + 2> random{};
  crypto::fill_random(random);
  const auto nonce = ByteView(random).first(12);
  const auto head = ByteView(random).subspan(12, round % 2 == 0 ? 5 : 13);  // of TLS 1.3, of 1.2
  const std::size_t size = length_of(round, load_be<std::uint16_t>(ByteView(random).last(2)));
  const auto text = ByteView(bench.text).last(size);
  const auto mine = MutableByteView(bench.sealed_ours).first(size + kTag);
  const auto other = MutableByteView(bench.sealed_theirs).first(size + kTag);
  if (!ours.seal(nonce, head, text, mine) || !theirs.seal(nonce, head, text, other) ||
      !std::ranges::equal(mine, other) || !opens_to(ours, nonce, head, other, bench, text) ||
      !opens_to(theirs, nonce, head, mine, bench, text))
    return false;
  mine.back() ^= 1;
  return !opens_to(ours, nonce, head, mine, bench, text);
}

bool agree(const char* name, Bench& bench) {
  const Cipher ours(EVP_CIPHER_fetch(nullptr, name, "provider=kerros"));
  const Cipher theirs(EVP_CIPHER_fetch(nullptr, name, "provider!=kerros"));
  if (!ours || !theirs) return false;
  for (int round = 0; round < kRounds;) {
    std::array<std::uint8_t, 32> key{};
    crypto::fill_random(key);
    Side one(ours.get(), key);
    Side two(theirs.get(), key);
    for (const int end = round + kRoundsOfKey; round < end; ++round)
      if (!agree_once(one, two, round, bench)) return false;
  }
  return true;
}

// McGrew and Viega, "The Galois/Counter Mode of Operation", test case 4: with associated data.
bool knows_the_answer() {
  const auto bytes_of = [](std::string_view hex) {
    Bytes bytes(hex.size() / 2);
    from_hex(hex, bytes);
    return bytes;
  };
  const Bytes plain = bytes_of(
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
      "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
  const Bytes expected = bytes_of(
      "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
      "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091"
      "5bc94fbc3221a5db94fae95ae7121a47");
  const Cipher cipher(EVP_CIPHER_fetch(nullptr, "AES-128-GCM", "provider=kerros"));
  if (!cipher) return false;
  Side side(cipher.get(), bytes_of("feffe9928665731c6d6a8f9467308308"));
  Bytes sealed(expected.size());
  return side.seal(bytes_of("cafebabefacedbaddecaf888"),
                   bytes_of("feedfacedeadbeeffeedfacedeadbeefabaddad2"), plain, sealed) &&
         sealed == expected;
}

}  // namespace

Status test_provider() {
  Bench bench;
  crypto::fill_random(bench.text);
  if (knows_the_answer() && agree("AES-128-GCM", bench) && agree("AES-256-GCM", bench)) return {};
  return fail(ErrorCode::kUnavailable, "libipsec-mb disagrees with OpenSSL about TLS records");
}

}  // namespace kerros::tls
