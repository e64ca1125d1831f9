#include "gateway/transfer/open_window.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "crypto/aead.h"
#include "tests/support/sealed_file.h"

namespace kerros::transfer {
namespace {

namespace format = crypto::format;
using crypto::Last;
using support::code_of;
using support::SealedFile;

const crypto::Backend& backend() {
  static const auto kBackend = crypto::make_openssl_backend();
  return *kBackend;
}

crypto::Opener opener_of(const SealedFile& file) {
  const auto prefix = crypto::decode_prefix(file.sealed).value();
  return crypto::Opener::make(backend(), prefix, file.dek).value();
}

void fill(OpenWindow& window, ByteView sealed) {
  ASSERT_LE(sealed.size(), window.space().size());
  std::ranges::copy(sealed, window.space().begin());
  window.filled(sealed.size());
}

// Opens from `first` on, `step` bytes arriving at a time; what was released.
Result<Bytes> open_from(const SealedFile& file, std::uint64_t first, std::size_t step) {
  crypto::Opener opener = opener_of(file);
  Bytes buffer(format::kSealedChunkSize), released;
  OpenWindow window(opener, buffer, first);
  ByteView rest = ByteView(file.sealed).subspan(crypto::sealed_offset_of_chunk(first));
  for (;;) {
    const std::size_t size = std::min({rest.size(), window.space().size(), step});
    fill(window, rest.first(size));
    rest = rest.subspan(size);
    if (!window.full() && !rest.empty()) continue;
    const Last last = window.full() ? Last::kNo : Last::kYes;
    const auto plain = window.open(last);
    if (!plain) return tl::unexpected(plain.error());
    released.insert(released.end(), plain->begin(), plain->end());
    if (last == Last::kYes) return released;
  }
}

TEST(OpenWindow, OpensFilesOfEverySizeAroundAChunk) {
  for (const std::size_t size : {0u, 1u, 16383u, 16384u, 16385u, 32768u}) {
    const SealedFile file = support::seal_file(backend(), size);
    EXPECT_EQ(open_from(file, 0, 4096).value(), file.plain) << size;
  }
}

TEST(OpenWindow, BeginsAtAnyChunk) {
  const SealedFile file = support::seal_file(backend(), 3 * 16384 + 5);
  for (const std::uint64_t first : {0u, 1u, 2u, 3u}) {
    const Bytes expected(file.plain.begin() + static_cast<std::ptrdiff_t>(first * 16384),
                         file.plain.end());
    EXPECT_EQ(open_from(file, first, 100'000).value(), expected) << first;
  }
}

TEST(OpenWindow, RefusesBytesThatEndInsideATag) {
  const SealedFile file = support::seal_file(backend(), 10);
  for (std::size_t size = 0; size < format::kTagSize; ++size) {
    crypto::Opener opener = opener_of(file);
    Bytes buffer(format::kSealedChunkSize);
    OpenWindow window(opener, buffer, 0);
    fill(window, ByteView(file.sealed).subspan(format::kPrefixSize, size));
    EXPECT_EQ(code_of(window.open(Last::kYes)), ErrorCode::kTruncated) << size;
  }
}

TEST(OpenWindow, RefusesAFullChunkAsTheLastOneAndAShortOneAsAnother) {
  const SealedFile file = support::seal_file(backend(), 16384 + 10);
  crypto::Opener opener = opener_of(file);
  Bytes buffer(format::kSealedChunkSize);
  OpenWindow full(opener, buffer, 0);
  fill(full, ByteView(file.sealed).subspan(format::kPrefixSize, format::kSealedChunkSize));
  EXPECT_FALSE(full.open(Last::kYes));
  OpenWindow shorter(opener, buffer, 1);
  fill(shorter, ByteView(file.sealed).subspan(format::kPrefixSize + format::kSealedChunkSize));
  EXPECT_FALSE(shorter.open(Last::kNo));
}

TEST(OpenWindow, RefusesAChunkOutOfItsPlace) {
  const SealedFile file = support::seal_file(backend(), 3 * 16384);
  crypto::Opener opener = opener_of(file);
  Bytes buffer(format::kSealedChunkSize);
  OpenWindow window(opener, buffer, 1);
  fill(window, ByteView(file.sealed).subspan(format::kPrefixSize, format::kSealedChunkSize));
  EXPECT_EQ(code_of(window.open(Last::kNo)), ErrorCode::kNotAuthentic);
  EXPECT_EQ(window.chunk(), 1u);
}

RC_GTEST_PROP(OpenWindow, RefusesEveryChangedByte, ()) {
  static const SealedFile kFile = support::seal_file(backend(), 40'000);
  SealedFile changed = kFile;
  const auto at = *rc::gen::inRange<std::size_t>(format::kPrefixSize, changed.sealed.size());
  changed.sealed[at] ^= *rc::gen::inRange<std::uint8_t>(1, 255);
  RC_ASSERT(code_of(open_from(changed, 0, 5000)) == ErrorCode::kNotAuthentic);
}

RC_GTEST_PROP(OpenWindow, NeverTakesAPrefixForTheFile, ()) {
  static const SealedFile kFile = support::seal_file(backend(), 40'000);
  SealedFile cut = kFile;
  cut.sealed.resize(*rc::gen::inRange<std::size_t>(format::kPrefixSize, kFile.sealed.size()));
  RC_ASSERT(!open_from(cut, 0, 5000));
}

}  // namespace
}  // namespace kerros::transfer
