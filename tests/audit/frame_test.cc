#include "gateway/audit/frame.h"

#include <gtest/gtest.h>

#include "crypto/derive.h"
#include "crypto/hkdf.h"

namespace kerros::audit {
namespace {

const Bytes kSeal(32, 1);
const Bytes kSalt(32, 2);

SegmentHead some_head() { return {"2026-11-21", 5, {9, 8, 7}, {1, 3}}; }

ByteView sealed_part(const Bytes& frame) { return ByteView(frame).subspan(kLengthSize); }

Bytes some_frame(std::uint64_t position = 5) {
  Bytes frame;
  seal_frame(kSeal, "2026-11-21", position, Bytes(40, 'x'), frame);
  return frame;
}

TEST(Frame, OpensOnlyInItsPlace) {
  const Bytes frame = some_frame();
  EXPECT_EQ(open_frame(kSeal, "2026-11-21", 5, sealed_part(frame)).value(), Bytes(40, 'x'));
  EXPECT_FALSE(open_frame(kSeal, "2026-11-21", 6, sealed_part(frame)));
  EXPECT_FALSE(open_frame(kSeal, "2026-11-22", 5, sealed_part(frame)));
  EXPECT_FALSE(open_frame(Bytes(32, 3), "2026-11-21", 5, sealed_part(frame)));
}

TEST(Frame, DoesNotOpenWithAnyBitChangedOrCut) {
  const Bytes frame = some_frame();
  for (std::size_t bit = kLengthSize * 8; bit < frame.size() * 8; ++bit) {
    Bytes changed = frame;
    changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ (1U << (bit % 8)));
    const auto opened = open_frame(kSeal, "2026-11-21", 5, sealed_part(changed));
    ASSERT_FALSE(opened) << bit;
    EXPECT_EQ(opened.error().code, ErrorCode::kNotAuthentic);
  }
  for (std::size_t size = 0; size < frame.size() - kLengthSize; ++size)
    EXPECT_FALSE(open_frame(kSeal, "2026-11-21", 5, sealed_part(frame).first(size)));
}

TEST(SegmentHead, ComesBackAndIsBoundToItsPlace) {
  const Bytes bytes = seal_head(kSeal, some_head());
  const auto plain = peek_head(bytes);
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->first, 5U);
  const ByteView sealed = ByteView(bytes).subspan(kHeadFixedSize);
  ASSERT_EQ(sealed.size(), plain->sealed_size);
  const auto head = open_head(kSeal, "2026-11-21", 5, sealed);
  ASSERT_TRUE(head);
  EXPECT_EQ(head->seed, some_head().seed);
  EXPECT_EQ(head->open_intents, some_head().open_intents);
  EXPECT_FALSE(open_head(kSeal, "2026-11-21", 6, sealed));
  EXPECT_FALSE(open_head(kSeal, "2026-11-20", 5, sealed));
}

TEST(SegmentHead, IsToldFromOtherBytes) {
  const Bytes bytes = seal_head(kSeal, some_head());
  EXPECT_EQ(peek_head(ByteView(bytes).first(kHeadFixedSize - 1)).error().code,
            ErrorCode::kTruncated);
  Bytes changed = bytes;
  changed[0] = 'k';
  EXPECT_EQ(peek_head(changed).error().code, ErrorCode::kMalformed);
  changed = bytes;
  changed[19] = static_cast<std::uint8_t>(changed[19] + 1);  // no whole number of intents
  EXPECT_EQ(peek_head(changed).error().code, ErrorCode::kMalformed);
}

TEST(LeafEntry, IsTheHashThatTheHeaderSays) {
  const SegmentHead head = some_head();
  Bytes salted(head.seed.begin(), head.seed.end());
  for (const int byte : {0, 0, 0, 0, 0, 0, 0, 5}) salted.push_back(static_cast<std::uint8_t>(byte));
  const auto salt = crypto::mac(kSalt, salted);
  Bytes message;
  for (const char c : std::string("kerros/1/audit-leaf")) message.push_back(std::uint8_t(c));
  message.push_back(0);
  message.insert(message.end(), salt.begin(), salt.end());
  message.push_back('p');
  EXPECT_EQ(leaf_entry(kSalt, head, 5, Bytes{'p'}), crypto::sha256(message));
}

TEST(LeafEntry, DiffersForTheSameRecordInAnotherPlace) {
  SegmentHead other_day = some_head();
  other_day.seed[0] = 1;
  const Bytes payload{'p'};
  const Digest entry = leaf_entry(kSalt, some_head(), 5, payload);
  EXPECT_NE(entry, leaf_entry(kSalt, some_head(), 6, payload));
  EXPECT_NE(entry, leaf_entry(kSalt, other_day, 5, payload));
}

}  // namespace
}  // namespace kerros::audit
