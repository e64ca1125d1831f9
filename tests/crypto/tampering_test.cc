// A store that changes, cuts, moves and mixes what it holds: every such file is refused, and what
// was released before that is a true beginning of the plaintext.
#include <gtest/gtest.h>

#include "tests/support/sealed_file.h"

namespace kerros::crypto {
namespace {

using support::code_of;
using support::noise_array;
using support::open_file;
using support::seal_file;
using support::SealedFile;

constexpr std::size_t kChunk = format::kSealedChunkSize;

class Tampering : public testing::Test {
 protected:
  // Opens and expects a refusal; gives its code.
  ErrorCode refused(ByteView sealed) {
    Bytes released;
    const auto opened = open_file(*backend_, sealed, file_.dek, &released);
    EXPECT_LE(released.size(), file_.plain.size());
    EXPECT_TRUE(std::equal(released.begin(), released.end(), file_.plain.begin()));
    return code_of(opened);
  }

  MutableByteView chunk(Bytes& sealed, std::size_t number) const {
    return MutableByteView(sealed).subspan(512 + number * kChunk, kChunk);
  }
  Bytes without(std::size_t at, std::size_t size) const {
    Bytes sealed = file_.sealed;
    const auto from = sealed.begin() + static_cast<std::ptrdiff_t>(at);
    sealed.erase(from, from + static_cast<std::ptrdiff_t>(size));
    return sealed;
  }
  Bytes doubled(std::size_t at, std::size_t size) const {
    Bytes sealed = file_.sealed;
    const Bytes again(sealed.begin() + static_cast<std::ptrdiff_t>(at),
                      sealed.begin() + static_cast<std::ptrdiff_t>(at + size));
    sealed.insert(sealed.begin() + static_cast<std::ptrdiff_t>(at), again.begin(), again.end());
    return sealed;
  }

  std::unique_ptr<Backend> backend_ = make_openssl_backend();
  SealedFile file_ = seal_file(*backend_, 4 * 16384 + 1000);  // five chunks
};

TEST_F(Tampering, EveryBitOfThePrefixIsGuarded) {
  file_ = seal_file(*backend_, 10);
  for (const Suite suite : {Suite::kAes256Gcm, Suite::kChaCha20Poly1305}) {
    file_ = seal_file(*backend_, 10, suite);
    for (std::size_t bit = 0; bit < format::kPrefixSize * 8; ++bit) {
      PrefixBytes bytes{};
      std::copy_n(file_.sealed.begin(), bytes.size(), bytes.begin());
      bytes[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
      const auto prefix = decode_prefix(bytes);
      if (!prefix) continue;
      EXPECT_EQ(code_of(Opener::make(*backend_, *prefix, file_.dek)), ErrorCode::kNotAuthentic)
          << "bit " << bit;
    }
  }
}

// W is outside what the DEK answers for, because the DEK may come out of it: there a changed bit
// shows as a wrap that does not open, or as the id of another epoch.
TEST_F(Tampering, EveryBitOfAPrefixWithRecoveryIsGuarded) {
  const Header header{.has_recovery = true, .tenant = noise_array<16>(1)};
  const auto dek = noise_array<32>(2);
  const auto epoch_key = RecoveryEpochKey::copy_of(noise_array<32>(3)).value();
  const Id epoch = noise_array<16>(4);
  const auto sealer = Sealer::make(*backend_, header, noise_array<24>(5), dek).value();
  const PrefixBytes good = sealer.prefix(
      wrap_recovery(epoch_key, epoch, sealer.header_bytes(), sealer.commitment(), dek));

  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    PrefixBytes bytes = good;
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    const auto prefix = decode_prefix(bytes);
    if (!prefix) continue;
    const bool same_epoch = std::equal(epoch.begin(), epoch.end(), prefix->recovery.begin());
    std::array<std::uint8_t, 32> recovered{};
    const bool unwraps = same_epoch && unwrap_recovery(epoch_key, *prefix, recovered);
    EXPECT_FALSE(unwraps && Opener::make(*backend_, *prefix, recovered)) << "bit " << bit;
  }
  std::array<std::uint8_t, 32> recovered{};
  ASSERT_TRUE(unwrap_recovery(epoch_key, decode_prefix(good).value(), recovered));
  EXPECT_EQ(recovered, dek);
}

TEST_F(Tampering, EveryCutOfAThreeChunkFileIsSeen) {
  file_ = seal_file(*backend_, 2 * 16384 + 700);
  // Chunks that stay whole open the same at every cut, so only what hangs on the cut is opened.
  auto opener = Opener::make(*backend_, decode_prefix(file_.sealed).value(), file_.dek).value();
  Bytes plain(format::kChunkSize);
  for (std::size_t size = 0; size < file_.sealed.size(); ++size) {
    const ByteView cut = ByteView(file_.sealed).first(size);
    if (size < format::kPrefixSize) {
      ASSERT_EQ(code_of(decode_prefix(cut)), ErrorCode::kTruncated) << size;
      continue;
    }
    const std::size_t last = (size - format::kPrefixSize) / kChunk;
    const ByteView rest = cut.subspan(format::kPrefixSize + last * kChunk);
    const auto out = MutableByteView(plain).first(rest.size() < 16 ? 0 : rest.size() - 16);
    ASSERT_EQ(code_of(opener.open_chunk(last, Last::kYes, rest, out)),
              rest.size() < 16 ? ErrorCode::kTruncated : ErrorCode::kNotAuthentic)
        << size;
  }
}

TEST_F(Tampering, CutsAroundEveryBorderAreSeenByAWholeRead) {
  for (std::size_t chunk = 0; chunk <= 5; ++chunk) {
    const std::size_t border = std::min(512 + chunk * kChunk, file_.sealed.size());
    for (std::size_t size = border - 17; size <= border + 17; ++size) {
      if (size >= file_.sealed.size()) continue;
      const ErrorCode code = refused(ByteView(file_.sealed).first(size));
      EXPECT_TRUE(code == ErrorCode::kTruncated || code == ErrorCode::kNotAuthentic) << size;
    }
    if (border < file_.sealed.size()) {
      EXPECT_EQ(refused(ByteView(file_.sealed).first(border)), ErrorCode::kTruncated);
    }
  }
}

TEST_F(Tampering, EveryChunkIsGuarded) {
  for (std::size_t at = 512; at < file_.sealed.size(); at += 997) {
    Bytes sealed = file_.sealed;
    sealed[at] ^= 0x10;
    EXPECT_EQ(refused(sealed), ErrorCode::kNotAuthentic) << at;
  }
}

TEST_F(Tampering, AddedBytesAreSeen) {
  for (const std::size_t more : {1u, 16u, 15399u, 15400u, 16400u, 33000u}) {
    Bytes sealed = file_.sealed;
    sealed.resize(sealed.size() + more);
    EXPECT_EQ(refused(sealed), ErrorCode::kNotAuthentic) << more;
  }
}

TEST_F(Tampering, BytesAddedBehindAnEmptyFinalChunkAreSeen) {
  file_ = seal_file(*backend_, 16384);
  Bytes sealed = file_.sealed;
  sealed.push_back(0);
  EXPECT_EQ(refused(sealed), ErrorCode::kNotAuthentic);
  sealed = doubled(512 + kChunk, 16);
  EXPECT_EQ(refused(sealed), ErrorCode::kNotAuthentic);
}

TEST_F(Tampering, SwappedChunksAreSeen) {
  for (std::size_t a = 0; a < 4; ++a) {
    for (std::size_t b = a + 1; b < 4; ++b) {
      Bytes sealed = file_.sealed;
      std::ranges::swap_ranges(chunk(sealed, a), chunk(sealed, b));
      EXPECT_EQ(refused(sealed), ErrorCode::kNotAuthentic) << a << " " << b;
    }
  }
}

TEST_F(Tampering, DroppedAndDoubledChunksAreSeen) {
  for (std::size_t number = 0; number < 5; ++number) {
    const std::size_t at = 512 + number * kChunk;
    const std::size_t size = std::min(kChunk, file_.sealed.size() - at);
    EXPECT_EQ(refused(without(at, size)),
              number == 4 ? ErrorCode::kTruncated : ErrorCode::kNotAuthentic);
    EXPECT_EQ(refused(doubled(at, size)), ErrorCode::kNotAuthentic);
  }
}

TEST_F(Tampering, ChunksOfAnotherVersionAreSeen) {
  SealedFile other = seal_file(*backend_, file_.plain.size(), Suite::kAes256Gcm, 50);
  for (std::size_t number = 0; number < 4; ++number) {
    Bytes sealed = file_.sealed;
    std::ranges::copy(chunk(other.sealed, number), chunk(sealed, number).begin());
    EXPECT_EQ(refused(sealed), ErrorCode::kNotAuthentic);
  }
}

TEST_F(Tampering, AnotherBodyBehindThisPrefixIsSeen) {
  const SealedFile other = seal_file(*backend_, file_.plain.size(), Suite::kAes256Gcm, 50);
  Bytes sealed = other.sealed;
  std::copy_n(file_.sealed.begin(), 512, sealed.begin());
  EXPECT_EQ(refused(sealed), ErrorCode::kNotAuthentic);
  EXPECT_EQ(refused(other.sealed), ErrorCode::kNotAuthentic);
}

TEST_F(Tampering, OtherBytesAltogetherAreSeen) {
  EXPECT_EQ(refused({}), ErrorCode::kTruncated);
  EXPECT_EQ(refused(Bytes(100000)), ErrorCode::kMalformed);
  EXPECT_EQ(refused(file_.plain), ErrorCode::kMalformed);
  std::string page = "<html><body>Sign in</body></html>";
  page.resize(2000, ' ');
  EXPECT_EQ(refused(as_bytes(page)), ErrorCode::kMalformed);
}

}  // namespace
}  // namespace kerros::crypto
