#include "crypto/offsets.h"

#include <algorithm>

#include "crypto/format.h"

namespace kerros::crypto {

using format::kChunkSize;
using format::kPrefixSize;
using format::kSealedChunkSize;
using format::kTagSize;

std::optional<std::uint64_t> sealed_size(std::uint64_t plain_size) {
  if (plain_size > kMaxSealedSize) return std::nullopt;  // the sum below then stays under 2^64
  const std::uint64_t sealed = kPrefixSize + plain_size + kTagSize * chunk_count(plain_size);
  if (sealed > kMaxSealedSize) return std::nullopt;
  return sealed;
}

std::optional<std::uint64_t> plain_size(std::uint64_t sealed_size) {
  if (sealed_size < kPrefixSize + kTagSize || sealed_size > kMaxSealedSize) return std::nullopt;
  const std::uint64_t body = sealed_size - kPrefixSize;
  const std::uint64_t last = body % kSealedChunkSize;
  if (last < kTagSize) return std::nullopt;  // no final chunk, or one shorter than its tag
  return body / kSealedChunkSize * kChunkSize + last - kTagSize;
}

std::uint64_t chunk_of(std::uint64_t plain_offset) { return plain_offset / kChunkSize; }

std::uint64_t chunk_count(std::uint64_t plain_size) { return plain_size / kChunkSize + 1; }

std::uint64_t sealed_offset_of_chunk(std::uint64_t chunk) {
  constexpr std::uint64_t kLast = (kMaxSealedSize - kPrefixSize) / kSealedChunkSize;
  if (chunk > kLast) return kMaxSealedSize;
  return kPrefixSize + chunk * kSealedChunkSize;
}

std::uint64_t plain_length_of_chunk(std::uint64_t chunk, std::uint64_t plain_size) {
  const std::uint64_t last = chunk_of(plain_size);
  if (chunk > last) return 0;
  return chunk == last ? plain_size % kChunkSize : kChunkSize;
}

Result<SealedRange> sealed_range(std::uint64_t first, std::uint64_t last,
                                 std::uint64_t plain_size) {
  const auto sealed = sealed_size(plain_size);
  if (!sealed || first > last || last >= plain_size)
    return fail(ErrorCode::kMalformed, "the range does not lie within the file");
  const std::uint64_t first_chunk = chunk_of(first);
  const std::uint64_t end =
      std::min(sealed_offset_of_chunk(chunk_of(last)) + kSealedChunkSize, *sealed);
  return SealedRange{.first = sealed_offset_of_chunk(first_chunk),
                     .last = end - 1,
                     .first_chunk = first_chunk,
                     .skip = first % kChunkSize};
}

}  // namespace kerros::crypto
