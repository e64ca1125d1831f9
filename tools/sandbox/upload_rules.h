// The rules that a fragment of an upload session must keep, strict and as the service really does.
//
// Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tools/sandbox/ranges.h"

namespace kerros::sandbox {

inline constexpr std::uint64_t kFragmentUnit = 327'680;      // 320 KiB
inline constexpr std::uint64_t kFragmentLimit = 62'914'560;  // 60 MiB, exclusive when strict
inline constexpr std::uint64_t kRequestLimit = 262'144'000;  // exclusive, always

struct FragmentContext {
  std::uint64_t received = 0;          // bytes held so far
  std::optional<std::uint64_t> total;  // from earlier fragments
  bool strict = true;
};

// Throws Refusal; what comes back may be appended.
ContentRange check_fragment(const FragmentContext& context,
                            const std::optional<std::string>& content_range,
                            const std::optional<std::uint64_t>& content_length);

}  // namespace kerros::sandbox
