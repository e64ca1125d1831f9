// Constants of docs/format.md, nothing else. On disk: never renumber.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace kerros::crypto::format {

inline constexpr std::array<std::uint8_t, 8> kMagic = {0x8b, 'K', 'R', 'S', '\r', '\n', 0x1a, '\n'};
inline constexpr std::uint16_t kVersion = 1;

inline constexpr std::size_t kHeaderSize = 256;
inline constexpr std::size_t kRecoverySize = 200;
inline constexpr std::size_t kSaltSize = 24;
inline constexpr std::size_t kCommitmentSize = 32;
inline constexpr std::size_t kPrefixSize =
    kHeaderSize + kRecoverySize + kSaltSize + kCommitmentSize;
static_assert(kPrefixSize == 512);

inline constexpr std::uint64_t kChunkSize = 16384;  // plaintext bytes of every chunk but the last
inline constexpr std::uint64_t kTagSize = 16;
inline constexpr std::uint64_t kSealedChunkSize = kChunkSize + kTagSize;
inline constexpr std::uint64_t kMaxChunks = 1ull << 38;  // C2SP's bound: 4 PiB under one key

inline constexpr std::uint32_t kFlagRecovery = 1;  // the recovery wrap W is there
inline constexpr std::uint32_t kKnownFlags = kFlagRecovery;

// Offsets inside the header H.
inline constexpr std::size_t kVersionAt = 8;    // u16
inline constexpr std::size_t kSuiteAt = 10;     // u16
inline constexpr std::size_t kFlagsAt = 12;     // u32
inline constexpr std::size_t kTenantAt = 16;    // 16 bytes
inline constexpr std::size_t kUnitAt = 32;      // 16 bytes
inline constexpr std::size_t kKeyIdAt = 48;     // 16 bytes
inline constexpr std::size_t kTrueSizeAt = 64;  // 64 bytes, zero in version 1
inline constexpr std::size_t kUnusedAt = 128;   // zero to the end

// Offsets inside the recovery wrap W.
inline constexpr std::size_t kEpochAt = 0;       // 16 bytes
inline constexpr std::size_t kWrapNonceAt = 16;  // 24 bytes
inline constexpr std::size_t kWrapAt = 40;       // 48 bytes
inline constexpr std::size_t kRecoveryUnusedAt = 88;

}  // namespace kerros::crypto::format
