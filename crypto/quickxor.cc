#include "crypto/quickxor.h"

#include <algorithm>
#include <cstring>
#include <tuple>

namespace kerros::crypto {
namespace {

constexpr std::size_t kPeriod = 160;  // bytes after which the offsets repeat: 11 * 160 mod 160 = 0
constexpr std::size_t kWords = kPeriod / sizeof(std::uint64_t);
constexpr std::size_t kWidth = 160;  // bits of the digest
constexpr std::size_t kShift = 11;   // bits between two input bytes
constexpr std::size_t kLengthAt = 12;

// The inner loop has a fixed count and no dependency between words: it becomes wide XORs.
void xor_periods(std::array<std::uint8_t, kPeriod>& lanes, ByteView bytes) {
  std::array<std::uint64_t, kWords> words;
  std::memcpy(words.data(), lanes.data(), kPeriod);
  for (const std::uint8_t* at = bytes.data(); at != bytes.data() + bytes.size(); at += kPeriod) {
    for (std::size_t i = 0; i < kWords; ++i) {
      std::uint64_t word = 0;
      std::memcpy(&word, at + i * sizeof(word), sizeof(word));
      words[i] ^= word;
    }
  }
  std::memcpy(lanes.data(), words.data(), kPeriod);
}

void xor_into(QuickXorDigest& digest, std::size_t byte, unsigned bits) {
  digest[byte % digest.size()] ^= static_cast<std::uint8_t>(bits & 0xff);
}

}  // namespace

void QuickXor::update(ByteView bytes) {
  const std::size_t position = static_cast<std::size_t>(length_ % kPeriod);
  length_ += bytes.size();

  const std::size_t head = position == 0 ? 0 : std::min(bytes.size(), kPeriod - position);
  for (std::size_t i = 0; i < head; ++i) lanes_[position + i] ^= bytes[i];
  bytes = bytes.subspan(head);

  const std::size_t whole = bytes.size() - bytes.size() % kPeriod;
  if (whole != 0) xor_periods(lanes_, bytes.first(whole));
  bytes = bytes.subspan(whole);

  for (std::size_t i = 0; i < bytes.size(); ++i) lanes_[i] ^= bytes[i];
}

QuickXorDigest QuickXor::fold() const {
  QuickXorDigest digest = carry_;
  for (std::size_t i = 0; i < kPeriod; ++i) {
    const std::size_t bit = kShift * i % kWidth;
    const unsigned shifted = static_cast<unsigned>(lanes_[i]) << (bit % 8);
    xor_into(digest, bit / 8, shifted);
    xor_into(digest, bit / 8 + 1, shifted >> 8);
  }
  return digest;
}

QuickXorDigest QuickXor::digest() const {
  QuickXorDigest digest = fold();
  for (std::size_t i = 0; i < sizeof(length_); ++i)  // little-endian, unlike all of ours
    xor_into(digest, kLengthAt + i, static_cast<unsigned>(length_ >> (8 * i) & 0xff));
  return digest;
}

std::array<std::uint8_t, 28> QuickXor::save() const {
  std::array<std::uint8_t, 28> saved{};
  const QuickXorDigest folded = fold();
  std::copy(folded.begin(), folded.end(), saved.begin());
  store_be(MutableByteView(saved).subspan(folded.size()), length_);
  return saved;
}

Result<QuickXor> QuickXor::restore(ByteView saved) {
  if (saved.size() != std::tuple_size_v<decltype(QuickXor{}.save())>)
    return fail(ErrorCode::kMalformed, "a saved hash has 28 bytes");
  QuickXor hash;
  std::copy_n(saved.begin(), hash.carry_.size(), hash.carry_.begin());
  hash.length_ = load_be<std::uint64_t>(saved.subspan(hash.carry_.size()));
  return hash;
}

}  // namespace kerros::crypto
