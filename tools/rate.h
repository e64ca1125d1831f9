// How long a bounded rate makes work last.
//
// Thread safety: pure functions.
#pragma once

#include <chrono>
#include <cstdint>

namespace kerros::tools {

// The least time that `done` pieces may take at `rate` a second; 0: no bound.
constexpr std::chrono::nanoseconds least_time(std::uint64_t done, std::uint64_t rate) {
  if (rate == 0) return {};
  const auto nanoseconds = static_cast<double>(done) / static_cast<double>(rate) * 1e9;
  return std::chrono::nanoseconds(static_cast<std::int64_t>(nanoseconds));
}

}  // namespace kerros::tools
