// Arithmetic between plaintext and sealed bytes: pure integers, valid over all 64 bits.
//
// Every size in Kerros comes from here. A sealed file has 512 bytes of prefix, then chunks of
// 16,400 bytes, the last one shorter (16 to 16,399). Thread safety: pure functions.
// Source: docs/format.md 6.
#pragma once

#include <cstdint>
#include <optional>

#include "crypto/result.h"

namespace kerros::crypto {

// 2^63 - 1 is the largest sealed size any client or cloud can name; bigger ones do not exist here.
inline constexpr std::uint64_t kMaxSealedSize = 0x7fff'ffff'ffff'ffffull;

// Sealed size of a plaintext; nullopt when it would pass kMaxSealedSize.
std::optional<std::uint64_t> sealed_size(std::uint64_t plain_size);
// Plain size of a sealed file; nullopt when no plaintext has that sealed size.
std::optional<std::uint64_t> plain_size(std::uint64_t sealed_size);

std::uint64_t chunk_of(std::uint64_t plain_offset);   // number of the chunk holding it
std::uint64_t chunk_count(std::uint64_t plain_size);  // at least 1
// First sealed byte of a chunk; kMaxSealedSize for numbers that no file reaches.
std::uint64_t sealed_offset_of_chunk(std::uint64_t chunk);
// Plain bytes in a chunk; 0 for an empty final chunk and past the end.
std::uint64_t plain_length_of_chunk(std::uint64_t chunk, std::uint64_t plain_size);

// What must be fetched to release plaintext [first, last]; first <= last < plain_size.
struct SealedRange {
  std::uint64_t first;        // first sealed byte to fetch
  std::uint64_t last;         // last sealed byte to fetch, inclusive
  std::uint64_t first_chunk;  // number of the chunk that starts at `first`
  std::uint64_t skip;         // plaintext bytes of that chunk before the wanted ones
};
Result<SealedRange> sealed_range(std::uint64_t first, std::uint64_t last, std::uint64_t plain_size);

}  // namespace kerros::crypto
