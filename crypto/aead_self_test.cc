// Answers that are known, and texts through two backends at once.
#include <algorithm>

#include "crypto/aead.h"
#include "crypto/random.h"

namespace kerros::crypto {
namespace {

struct KnownAnswer {
  Suite suite;
  const char* key;
  const char* nonce;
  const char* plain;
  const char* sealed;  // ciphertext, tag
};

// AES: McGrew and Viega, "The Galois/Counter Mode of Operation", test cases 13 to 15.
// ChaCha20-Poly1305: Wycheproof chacha20_poly1305_test.json, tcId 2 and 78 (RFC 8439's own have
// associated data, which no chunk has).
constexpr std::array kKnownAnswers = {
    KnownAnswer{Suite::kAes256Gcm,
                "0000000000000000000000000000000000000000000000000000000000000000",
                "000000000000000000000000", "", "530f8afbc74536b9a963b4f1c4cb738b"},
    KnownAnswer{Suite::kAes256Gcm,
                "0000000000000000000000000000000000000000000000000000000000000000",
                "000000000000000000000000", "00000000000000000000000000000000",
                "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"},
    KnownAnswer{Suite::kAes256Gcm,
                "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
                "cafebabefacedbaddecaf888",
                "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255",
                "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad"
                "b094dac5d93471bdec1a502270e3cc6c"},
    KnownAnswer{Suite::kChaCha20Poly1305,
                "80ba3192c803ce965ea371d5ff073cf0f43b6a2ab576b208426e11409c09b9b0",
                "4da5bf8dfd5852c1ea12379d", "", "76acb342cf3166a5b63c0c0ea1383c8d"},
    KnownAnswer{Suite::kChaCha20Poly1305,
                "d7addd3889fadf8c893eee14ba2b7ea5bf56b449904869615bd05d5f114cf377",
                "8a3ad26b28cd13ba6504e260",
                "c877a76bf595560772167c6e3bcc705305db9c6fcbeb90f4fea85116038bc53c"
                "3fa5b4b4ea0de5cc534fbe1cf9ae44824c6c2c0a5c885bd8c3cdc906f1267573"
                "7e434b983e1e231a52a275db5fb1a0cac6a07b3b7dcb19482a5d3b06a9317a54"
                "826cea6b36fce452fa9b5475e2aaf25499499d8a8932a19eb987c903bd8502fe",
                "294a764c03353f5f4f6e93cd7e977480d6c343071db0b7c1f0db1e95b85e6053"
                "f0423168a9c7533268db9a194e7665359d14489bc47172a9f21370e89b0bd0e5"
                "ef9661738de282572bcc3e541247626e57e75dec0f91ac5c530bd1a532718429"
                "96dcd04d865321b1ecb6e7630114fe780291b8dc3e5d0abc8e65b1c5493e9af0"
                "f2b974ca0f14fb9f92014bff18573cff"},
};

Bytes bytes_of(std::string_view hex) {
  Bytes bytes(hex.size() / 2);
  from_hex(hex, bytes);
  return bytes;
}

Status failed(const Backend& backend, Suite suite, std::string_view what) {
  return fail(ErrorCode::kUnavailable, std::string(backend.name()) + " failed its self-test: " +
                                           std::string(what) + " " + name(suite));
}

Status check_known_answer(const Backend& backend, const KnownAnswer& known) {
  const Bytes plain = bytes_of(known.plain);
  const Bytes expected = bytes_of(known.sealed);
  Nonce nonce{};
  from_hex(known.nonce, nonce);
  const auto key = backend.schedule(known.suite, bytes_of(known.key));
  if (!key) return tl::unexpected(key.error());

  Bytes sealed(expected.size());
  if (!(*key)->seal(nonce, plain, sealed) || sealed != expected)
    return failed(backend, known.suite, "a known answer of");
  Bytes opened(plain.size());
  if (!(*key)->open(nonce, sealed, opened) || opened != plain)
    return failed(backend, known.suite, "opening a known answer of");
  sealed.back() ^= 1;
  if ((*key)->open(nonce, sealed, opened)) return failed(backend, known.suite, "a wrong tag of");
  return {};
}

// What a comparison works on, made once: ten thousand cases should not cost a start a tenth of a
// second.
struct Workbench {
  static constexpr std::size_t kLongest = 16 * 1024 + 256;
  Bytes texts = Bytes(3 * kLongest);
  Bytes sealed_a = Bytes(kLongest + kAeadTagSize);
  Bytes sealed_b = sealed_a;
  Bytes opened = Bytes(kLongest);

  Workbench() { fill_random(texts); }
};

struct Case {
  Nonce nonce{};
  std::size_t begin = 0;  // of its text, among Workbench::texts
  std::size_t length = 0;
};
constexpr int kCasesOfKey = 50;

// Borders of cipher blocks and of chunks first, then anything; short texts are the more telling.
std::size_t length_of_round(int round, std::uint16_t random) {
  constexpr std::array<std::size_t, 14> kBorders = {0,   1,   15,  16,  17,    63,    64,
                                                    255, 256, 257, 767, 16383, 16384, 16640};
  if (static_cast<std::size_t>(round) < kBorders.size())
    return kBorders[static_cast<std::size_t>(round)];
  return random % (round % 64 == 0 ? Workbench::kLongest + 1 : 1025);
}

Case case_of_round(int round) {
  std::array<std::uint8_t, 16> random{};
  fill_random(random);
  Case made;
  std::copy_n(random.begin(), made.nonce.size(), made.nonce.begin());
  made.length = length_of_round(round, load_be<std::uint16_t>(ByteView(random).subspan(12)));
  made.begin = load_be<std::uint16_t>(ByteView(random).subspan(14)) %
               (2 * Workbench::kLongest);  // so that alignments differ
  return made;
}

bool opens_to(AeadKey& key, const Nonce& nonce, ByteView sealed, MutableByteView room,
              ByteView plain) {
  return key.open(nonce, sealed, room) && std::ranges::equal(room, plain);
}

// One text through both, in both directions.
bool agree_on(AeadKey& a, AeadKey& b, const Case& on, Workbench& bench) {
  const auto plain = ByteView(bench.texts).subspan(on.begin, on.length);
  const auto sealed_a = MutableByteView(bench.sealed_a).first(on.length + kAeadTagSize);
  const auto sealed_b = MutableByteView(bench.sealed_b).first(on.length + kAeadTagSize);
  const auto room = MutableByteView(bench.opened).first(on.length);
  return a.seal(on.nonce, plain, sealed_a) && b.seal(on.nonce, plain, sealed_b) &&
         std::ranges::equal(sealed_a, sealed_b) && opens_to(a, on.nonce, sealed_b, room, plain) &&
         opens_to(b, on.nonce, sealed_a, room, plain);
}

}  // namespace

Status self_test(const Backend& backend) {
  for (const KnownAnswer& known : kKnownAnswers) {
    if (!backend.supports(known.suite)) continue;
    if (auto passed = check_known_answer(backend, known); !passed) return passed;
  }
  return {};
}

Status compare_backends(const Backend& a, const Backend& b, Suite suite, int rounds) {
  Workbench bench;
  for (int round = 0; round < rounds;) {
    std::array<std::uint8_t, kAeadKeySize> key{};
    fill_random(key);
    const auto key_a = a.schedule(suite, key);
    const auto key_b = b.schedule(suite, key);
    if (!key_a) return tl::unexpected(key_a.error());
    if (!key_b) return tl::unexpected(key_b.error());
    for (const int end = std::min(rounds, round + kCasesOfKey); round < end; ++round) {
      if (!agree_on(**key_a, **key_b, case_of_round(round), bench))
        return failed(a, suite, "disagrees with " + std::string(b.name()) + " about");
    }
  }
  return {};
}

}  // namespace kerros::crypto
