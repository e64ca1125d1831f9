// How LMDB 0.9 lays out its file on a 64-bit little-endian machine: facts of its format, nothing
// else. Offsets in bytes.
#pragma once

#include <cstdint>
#include <cstring>

#include "crypto/bytes.h"

namespace kerros::keystore::lmdb_layout {

inline constexpr std::size_t kPageSize = 4096;
inline constexpr std::size_t kPageHeader = 16;  // pgno(8) pad(2) flags(2) lower(2) upper(2)
inline constexpr std::size_t kPageFlagsAt = 10;
inline constexpr std::size_t kLowerAt = 12;
inline constexpr std::size_t kUpperAt = 14;
inline constexpr std::size_t kOverflowPagesAt = 12;  // u32 in place of lower and upper
inline constexpr std::uint16_t kBranch = 0x01;
inline constexpr std::uint16_t kLeaf = 0x02;
inline constexpr std::uint16_t kOverflow = 0x04;
inline constexpr std::uint16_t kMeta = 0x08;

inline constexpr std::size_t kNodeHeader = 8;  // lo(2) hi(2) flags(2) key size(2)
inline constexpr std::uint16_t kBigData = 0x01;
inline constexpr std::uint16_t kSubDatabase = 0x02;

inline constexpr std::size_t kDbSize = 48;
inline constexpr std::uint64_t kNoPage = ~std::uint64_t{0};

// The meta page, after its page header.
inline constexpr std::uint32_t kMagic = 0xBEEFC0DE;
inline constexpr std::uint32_t kVersion = 1;
inline constexpr std::size_t kFreeDbAt = kPageHeader + 24;
inline constexpr std::size_t kMainDbAt = kFreeDbAt + kDbSize;
inline constexpr std::size_t kLastPageAt = kMainDbAt + kDbSize;
inline constexpr std::size_t kTxnAt = kLastPageAt + 8;
inline constexpr std::uint16_t kIntegerKey = 0x08;

template <typename Integer>
Integer at(ByteView bytes, std::size_t offset) {  // host order, as LMDB writes it
  Integer value{};
  std::memcpy(&value, bytes.data() + offset, sizeof(value));
  return value;
}

struct Db {
  std::uint32_t pad = 0;
  std::uint16_t flags = 0;
  std::uint16_t depth = 0;
  std::uint64_t branches = 0;
  std::uint64_t leaves = 0;
  std::uint64_t overflows = 0;
  std::uint64_t entries = 0;
  std::uint64_t root = kNoPage;
};

inline Db read_db(ByteView bytes, std::size_t offset) {
  return {at<std::uint32_t>(bytes, offset),      at<std::uint16_t>(bytes, offset + 4),
          at<std::uint16_t>(bytes, offset + 6),  at<std::uint64_t>(bytes, offset + 8),
          at<std::uint64_t>(bytes, offset + 16), at<std::uint64_t>(bytes, offset + 24),
          at<std::uint64_t>(bytes, offset + 32), at<std::uint64_t>(bytes, offset + 40)};
}

}  // namespace kerros::keystore::lmdb_layout
