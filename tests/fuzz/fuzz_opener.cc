// Sealed files damaged in any way: what opens is what was sealed, and what is let out before a
// refusal is its beginning. All backends give the same verdict.
#include <algorithm>

#include "crypto/random.h"
#include "tests/fuzz/check.h"
#include "tests/support/sealed_file.h"

using namespace kerros;
using support::SealedFile;

namespace {

[[maybe_unused]] const bool kStarted = (crypto::start(), true);

struct Backends {
  std::unique_ptr<crypto::Backend> sodium = crypto::make_sodium_backend();
  std::unique_ptr<crypto::Backend> openssl = crypto::make_openssl_backend();
  Result<std::unique_ptr<crypto::Backend>> ipsecmb =
      crypto::make_ipsecmb_backend(crypto::Instructions::kBest);
};

const Backends& backends() {
  static const Backends made;
  return made;
}

const std::vector<SealedFile>& files() {
  static const std::vector<SealedFile> made = [] {
    constexpr auto kAes = crypto::Suite::kAes256Gcm;
    constexpr auto kChaCha = crypto::Suite::kChaCha20Poly1305;
    std::vector<SealedFile> all;
    std::uint64_t seed = 100;
    for (const auto& [size, suite] : {std::pair{0, kAes},
                                      {1, kAes},
                                      {16383, kAes},
                                      {16384, kAes},
                                      {16385, kAes},
                                      {40000, kAes},
                                      {100, kChaCha},
                                      {32769, kChaCha}})
      all.push_back(support::seal_file(*backends().openssl, static_cast<std::size_t>(size), suite,
                                       seed += 10));
    return all;
  }();
  return made;
}

// One damage: six octets of what, where (of the file as it is by then), and with what.
constexpr std::size_t kDamageSize = 6;

void remove(Bytes& file, std::size_t at, std::size_t size) {
  const auto begin = file.begin() + static_cast<std::ptrdiff_t>(at);
  file.erase(begin, begin + static_cast<std::ptrdiff_t>(std::min(size, file.size() - at)));
}

void insert(Bytes& file, std::size_t at, const Bytes& bytes) {
  file.insert(file.begin() + static_cast<std::ptrdiff_t>(at), bytes.begin(), bytes.end());
}

Bytes part(const Bytes& file, std::size_t at, std::size_t size) {
  const auto begin = file.begin() + static_cast<std::ptrdiff_t>(std::min(at, file.size()));
  return {begin,
          begin + std::min<std::ptrdiff_t>(file.end() - begin, static_cast<std::ptrdiff_t>(size))};
}

void damage(Bytes& file, const std::uint8_t* how) {
  const auto place = load_be<std::uint32_t>({how + 1, 4});
  const std::uint8_t value = how[5];
  const std::size_t at = file.empty() ? 0 : place % file.size();
  const std::size_t begin = crypto::sealed_offset_of_chunk(place % 4);
  const bool has_chunk = begin < file.size();
  const Bytes chunk = part(file, begin, crypto::format::kSealedChunkSize);
  const Bytes& other = files()[value % files().size()].sealed;
  switch (how[0] % 9) {
    case 0:
      if (!file.empty()) file[at] ^= value;
      break;
    case 1:
      file.resize(at);
      break;
    case 2:
      insert(file, file.size(), Bytes(place % 40000, value));
      break;
    case 3:
      insert(file, at, {value});
      break;
    case 4:
      remove(file, at, value);
      break;
    case 5:
      if (has_chunk) remove(file, begin, chunk.size());
      break;
    case 6:  // doubled, or moved behind the next when it is removed as well
      insert(file, std::min(file.size(), begin + chunk.size() * (1 + value % 3)), chunk);
      break;
    case 7:
      std::ranges::copy(part(other, at, std::min<std::size_t>(file.size() - at, 16400)),
                        file.begin() + static_cast<std::ptrdiff_t>(at));
      break;
    default:  // the beginning of another file
      std::ranges::copy(part(other, 0, std::min<std::size_t>(file.size(), value * 2 + 2)),
                        file.begin());
  }
}

ErrorCode check_opening(const crypto::Backend& backend, const SealedFile& made, ByteView file,
                        std::size_t step) {
  Bytes released;
  const auto opened = support::open_file(backend, file, made.dek, &released, step);
  FUZZ_CHECK(opened.has_value() == std::ranges::equal(file, made.sealed));
  FUZZ_CHECK(released.size() <= made.plain.size());
  FUZZ_CHECK(std::equal(released.begin(), released.end(), made.plain.begin()));
  if (!opened) return opened.error().code;
  FUZZ_CHECK(released == made.plain);
  return ErrorCode{};
}

}  // namespace

// Input: which file (with 0x80: what follows are the whole file's octets), how many octets are read
// at once, then damages.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const SealedFile& made = files()[(data[0] & 0x7f) % files().size()];
  const std::size_t step = data[1] == 0 ? SIZE_MAX : data[1] * std::size_t{67};
  Bytes file;
  if ((data[0] & 0x80) != 0) {
    file.assign(data + 2, data + size);
  } else {
    file = made.sealed;
    for (std::size_t at = 2; at + kDamageSize <= size && at < 2 + 8 * kDamageSize;
         at += kDamageSize)
      damage(file, data + at);
  }
  const ErrorCode verdict = check_opening(*backends().openssl, made, file, step);
  if (backends().sodium->supports(made.header.suite))
    FUZZ_CHECK(check_opening(*backends().sodium, made, file, SIZE_MAX) == verdict);
  if (backends().ipsecmb)
    FUZZ_CHECK(check_opening(**backends().ipsecmb, made, file, SIZE_MAX) == verdict);
  return 0;
}
