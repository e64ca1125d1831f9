// The head of the key store as the log remembers it, without seeing that room.
//
// Thread safety: plain values.
#pragma once

#include <array>
#include <cstdint>

namespace kerros::audit {

struct StoreMark {
  std::uint64_t sequence = 0;
  std::array<std::uint8_t, 32> set_hash{};
  bool operator==(const StoreMark&) const = default;
};

}  // namespace kerros::audit
