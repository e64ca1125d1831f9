#include "gateway/tls/provider_self_test.h"

#include <openssl/evp.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "crypto/aead.h"
#include "crypto/random.h"

namespace kerros::tls {
namespace {

constexpr int kRounds = 5'000;  // of each key size
constexpr int kRoundsOfKey = 50;
constexpr std::size_t kLongest = 16 * 1024 + 256;
constexpr std::size_t kTag = crypto::kAeadTagSize;
// A TLS 1.2 record: the explicit part of its nonce, the text, the tag; RFC 5288.
constexpr std::size_t kExplicit = 8;
constexpr std::size_t kAround = kExplicit + kTag;
constexpr std::size_t kHead = 13;  // with the length at its end

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
  Side(const Side& other) : seals_(EVP_CIPHER_CTX_new()), opens_(EVP_CIPHER_CTX_new()) {
    good_ = other.good_ && EVP_CIPHER_CTX_copy(seals_.get(), other.seals_.get()) == 1 &&
            EVP_CIPHER_CTX_copy(opens_.get(), other.opens_.get()) == 1;
  }
  Side& operator=(const Side&) = delete;

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

  // From here on TLS 1.2: whole records where they lie, with nonces that begin like this and count.
  bool fix_nonces(ByteView fixed) {
    for (EVP_CIPHER_CTX* context : {seals_.get(), opens_.get()})
      good_ = good_ && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_IV_FIXED,
                                           static_cast<int>(fixed.size()),
                                           const_cast<std::uint8_t*>(fixed.data())) > 0;
    return good_;
  }
  bool seal_record(ByteView head, MutableByteView record) {
    if (!run_record(seals_.get(), head, record.size() - kTag, record, record.size())) return false;
    const auto number = load_be<std::uint64_t>(record.first(kExplicit));
    const bool counts = !last_ || number == *last_ + 1;
    last_ = number;
    return counts;
  }
  bool open_record(ByteView head, MutableByteView record) {
    return run_record(opens_.get(), head, record.size(), record, record.size() - kAround);
  }

 private:
  bool run_record(EVP_CIPHER_CTX* context, ByteView head, std::size_t told, MutableByteView record,
                  std::size_t expected) const {
    std::array<std::uint8_t, kHead> own{};
    std::ranges::copy(head, own.begin());
    store_be<std::uint16_t>(MutableByteView(own).last(2), static_cast<std::uint16_t>(told));
    int size = -1;
    return good_ &&
           EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_TLS1_AAD, static_cast<int>(kHead),
                               own.data()) == static_cast<int>(kTag) &&
           EVP_CipherUpdate(context, record.data(), &size, record.data(),
                            static_cast<int>(record.size())) == 1 &&
           size == static_cast<int>(expected);
  }

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
  std::optional<std::uint64_t> last_;  // explicit nonce
  bool good_ = false;
};

struct Bench {
  Bytes text = Bytes(kLongest);
  Bytes sealed_ours = Bytes(kLongest + kAround);
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

// What is decided by chance about one record.
struct Draw {
  std::array<std::uint8_t, 12 + kHead + 6> bytes{};
  explicit Draw() { crypto::fill_random(bytes); }
  ByteView nonce() const { return ByteView(bytes).first(12); }
  ByteView head() const { return ByteView(bytes).subspan(12, kHead); }
  std::uint16_t number(std::size_t which) const {
    return load_be<std::uint16_t>(ByteView(bytes).subspan(12 + kHead + 2 * which, 2));
  }
};

// As TLS 1.3 does it; the records of both are the same, and one that was changed is nobody's.
bool agree_once(Side& ours, Side& theirs, int round, Bench& bench) {
  const Draw draw;
  Bytes head(draw.head().begin(), draw.head().end());
  head.resize(round % 2 == 0 ? 5 : kHead);
  const std::size_t size = length_of(round, draw.number(0));
  const auto text = ByteView(bench.text).last(size);
  const auto mine = MutableByteView(bench.sealed_ours).first(size + kTag);
  const auto other = MutableByteView(bench.sealed_theirs).first(size + kTag);
  if (!ours.seal(draw.nonce(), head, text, mine) || !theirs.seal(draw.nonce(), head, text, other) ||
      !std::ranges::equal(mine, other) || !opens_to(ours, draw.nonce(), head, other, bench, text) ||
      !opens_to(theirs, draw.nonce(), head, mine, bench, text))
    return false;
  mine[draw.number(1) % mine.size()] ^= 1;
  if (opens_to(ours, draw.nonce(), head, mine, bench, text)) return false;
  head[draw.number(2) % head.size()] ^= 1;
  return !opens_to(ours, draw.nonce(), head, other, bench, text);
}

// As TLS 1.2 does it: what one made the other opens, and neither when it was changed.
bool carries(Side& from, Side& to, int round, Bench& bench) {
  const Draw draw;
  const std::size_t size = length_of(round, draw.number(0));
  const auto text = ByteView(bench.text).last(size);
  const auto record = MutableByteView(bench.sealed_ours).first(size + kAround);
  const auto changed = MutableByteView(bench.sealed_theirs).first(size + kAround);
  std::ranges::copy(text, record.begin() + kExplicit);
  if (!from.seal_record(draw.head(), record)) return false;
  std::ranges::copy(record, changed.begin());
  changed[draw.number(1) % changed.size()] ^= 1;
  return !to.open_record(draw.head(), changed) && to.open_record(draw.head(), record) &&
         std::ranges::equal(record.subspan(kExplicit, size), text);
}

bool agree_under_one_key(const EVP_CIPHER* ours, const EVP_CIPHER* theirs, int first,
                         Bench& bench) {
  std::array<std::uint8_t, 32 + 4> random{};
  crypto::fill_random(random);
  const auto key = ByteView(random).first(32);
  Side one(ours, key), two(theirs, key);
  Side old_one(ours, key), old_two(theirs, key);
  const auto fixed = ByteView(random).last(4);
  if (!old_one.fix_nonces(fixed) || !old_two.fix_nonces(fixed)) return false;
  for (int round = first; round < first + kRoundsOfKey; ++round) {
    const bool mine = round % 2 == 0;
    if (!agree_once(one, two, round, bench) ||
        !carries(mine ? old_one : old_two, mine ? old_two : old_one, round, bench))
      return false;
  }
  Side copy(one), old_copy(old_one);
  return agree_once(copy, two, first, bench) && carries(old_copy, old_two, first, bench);
}

bool agree(const char* name, Bench& bench) {
  const Cipher ours(EVP_CIPHER_fetch(nullptr, name, "provider=kerros"));
  const Cipher theirs(EVP_CIPHER_fetch(nullptr, name, "provider!=kerros"));
  if (!ours || !theirs) return false;
  for (int round = 0; round < kRounds; round += kRoundsOfKey)
    if (!agree_under_one_key(ours.get(), theirs.get(), round, bench)) return false;
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
