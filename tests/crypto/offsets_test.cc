#include "crypto/offsets.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/support/sealed_file.h"

namespace kerros::crypto {
namespace {

constexpr std::uint64_t kMaxPlain = [] {
  // The largest plaintext: body bytes of whole chunks, then what is left of the last one.
  constexpr std::uint64_t kBody = kMaxSealedSize - 512;
  return kBody / 16400 * 16384 + kBody % 16400 - 16;
}();
static_assert((kMaxSealedSize - 512) % 16400 >= 16);

rc::Gen<std::uint64_t> any_size() {
  // Of every magnitude, and often close to where chunks and the 63 bits end.
  const auto near = [](std::uint64_t step) {
    return rc::gen::map(rc::gen::pair(rc::gen::inRange<std::uint64_t>(0, kMaxSealedSize / step),
                                      rc::gen::inRange<std::uint64_t>(0, 40)),
                        [step](const auto& at) { return at.first * step + at.second; });
  };
  return rc::gen::oneOf(
      rc::gen::arbitrary<std::uint64_t>(), near(16384), near(16400),
      rc::gen::map(rc::gen::pair(rc::gen::inRange(0, 64), rc::gen::inRange<std::uint64_t>(0, 3)),
                   [](const auto& at) { return (std::uint64_t{1} << at.first) + at.second - 1; }),
      rc::gen::map(rc::gen::inRange<std::uint64_t>(0, 70000),
                   [](std::uint64_t below) { return kMaxSealedSize - below; }));
}

rc::Gen<std::uint64_t> plain_sizes() {
  return rc::gen::map(any_size(), [](std::uint64_t size) { return size % (kMaxPlain + 1); });
}

TEST(SealedSize, IsKnownForSmallFiles) {
  EXPECT_EQ(sealed_size(0), 528u);
  EXPECT_EQ(sealed_size(1), 529u);
  EXPECT_EQ(sealed_size(16383), 512u + 16399);
  EXPECT_EQ(sealed_size(16384), 512u + 16400 + 16);
  EXPECT_EQ(sealed_size(16385), 512u + 16400 + 17);
  EXPECT_EQ(sealed_size(327680), 512u + 20 * 16400 + 16);
}

TEST(SealedSize, EndsAtSixtyThreeBits) {
  EXPECT_EQ(sealed_size(kMaxPlain), kMaxSealedSize);
  EXPECT_EQ(sealed_size(kMaxPlain + 1), std::nullopt);
  EXPECT_EQ(sealed_size(kMaxSealedSize), std::nullopt);
  EXPECT_EQ(sealed_size(UINT64_MAX), std::nullopt);
}

TEST(PlainSize, RefusesWhatNoFileHas) {
  for (const std::uint64_t size : {0ull, 511ull, 512ull, 527ull, 512ull + 16400, 512ull + 16415})
    EXPECT_EQ(plain_size(size), std::nullopt) << size;
  EXPECT_EQ(plain_size(kMaxSealedSize), kMaxPlain);
  EXPECT_EQ(plain_size(kMaxSealedSize + 1), std::nullopt);
  EXPECT_EQ(plain_size(UINT64_MAX), std::nullopt);
}

RC_GTEST_PROP(Sizes, GoThereAndBack, ()) {
  const auto plain = *plain_sizes();
  const auto sealed = sealed_size(plain);
  RC_ASSERT(sealed.has_value());
  RC_ASSERT(plain_size(*sealed) == plain);
}

RC_GTEST_PROP(Sizes, ArePossibleExactlyByTheRule, ()) {
  const auto sealed = *any_size();
  const bool possible = sealed >= 528 && sealed <= kMaxSealedSize && (sealed - 512) % 16400 >= 16;
  const auto plain = plain_size(sealed);
  RC_ASSERT(plain.has_value() == possible);
  if (plain) RC_ASSERT(sealed_size(*plain) == sealed);
}

RC_GTEST_PROP(Sizes, GrowStrictly, ()) {
  const auto plain = *plain_sizes();
  RC_PRE(plain < kMaxPlain);
  RC_ASSERT(*sealed_size(plain) < *sealed_size(plain + 1));
}

RC_GTEST_PROP(Sizes, HoldForEveryNumberOfSixtyFourBits, ()) {
  const auto any = *any_size();
  const auto sealed = sealed_size(any);
  RC_ASSERT(sealed.has_value() == (any <= kMaxPlain));
  if (sealed) RC_ASSERT(*sealed >= any + 528 && *sealed <= kMaxSealedSize);
}

RC_GTEST_PROP(Chunks, FillTheFileWithoutGapOrOverlap, ()) {
  const auto plain = *plain_sizes();
  const auto last = chunk_count(plain) - 1;
  RC_ASSERT(plain_length_of_chunk(last, plain) < 16384u);
  RC_ASSERT(last * 16384 + plain_length_of_chunk(last, plain) == plain);
  RC_ASSERT(sealed_offset_of_chunk(last) + plain_length_of_chunk(last, plain) + 16 ==
            *sealed_size(plain));
  RC_ASSERT(plain_length_of_chunk(last + 1, plain) == 0u);
  if (last > 0) {
    RC_ASSERT(plain_length_of_chunk(last - 1, plain) == 16384u);
    RC_ASSERT(sealed_offset_of_chunk(last - 1) + 16400 == sealed_offset_of_chunk(last));
  }
}

RC_GTEST_PROP(Chunks, HoldTheOffsetsTheySay, ()) {
  const auto offset = *plain_sizes();
  const auto chunk = chunk_of(offset);
  RC_ASSERT(chunk * 16384 <= offset && offset - chunk * 16384 < 16384);
}

RC_GTEST_PROP(Chunks, NeverLieBeyondTheLargestFile, ()) {
  const auto chunk = *any_size();
  RC_ASSERT(sealed_offset_of_chunk(chunk) <= kMaxSealedSize);
  RC_ASSERT(sealed_offset_of_chunk(chunk) <= sealed_offset_of_chunk(chunk + (chunk != UINT64_MAX)));
}

RC_GTEST_PROP(Ranges, CoverWhatIsAskedAndNoChunkMore, ()) {
  const auto plain = *plain_sizes();
  RC_PRE(plain > 0u);
  const auto a = *any_size() % plain;
  const auto b = *any_size() % plain;
  const auto first = std::min(a, b);
  const auto last = std::max(a, b);
  const auto range = sealed_range(first, last, plain);
  RC_ASSERT(range.has_value());
  // It begins with the chunk that holds the first byte and ends with the one that holds the last.
  RC_ASSERT(range->first == sealed_offset_of_chunk(range->first_chunk));
  RC_ASSERT(range->first_chunk * 16384 + range->skip == first);
  RC_ASSERT(range->skip < 16384u);
  RC_ASSERT(range->last < *sealed_size(plain));
  RC_ASSERT(range->last + 1 == sealed_offset_of_chunk(chunk_of(last)) + 16 +
                                   plain_length_of_chunk(chunk_of(last), plain));
}

RC_GTEST_PROP(Ranges, OutsideTheFileAreRefused, ()) {
  const auto plain = *plain_sizes();
  const auto first = *any_size();
  const auto last = *any_size();
  RC_PRE(first > last || last >= plain);
  RC_ASSERT(!sealed_range(first, last, plain).has_value());
}

TEST(Ranges, OfAWholeFileTakeItsWholeBody) {
  const auto range = sealed_range(0, 16384, 16385).value();
  EXPECT_EQ(range.first, 512u);
  EXPECT_EQ(range.last + 1, sealed_size(16385));
  EXPECT_EQ(range.skip, 0u);
}

TEST(Ranges, LeaveAnEmptyFinalChunkOut) {
  EXPECT_EQ(sealed_range(16383, 16383, 16384).value().last, 512u + 16399);
}

TEST(Ranges, OfAnImpossibleFileAreRefused) {
  EXPECT_EQ(support::code_of(sealed_range(0, 0, 0)), ErrorCode::kMalformed);
  EXPECT_EQ(support::code_of(sealed_range(0, 0, kMaxPlain + 1)), ErrorCode::kMalformed);
}

}  // namespace
}  // namespace kerros::crypto
