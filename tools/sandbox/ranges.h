// The two headers that name ranges: Range of downloads and Content-Range of fragments.
//
// Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace kerros::sandbox {

struct ByteRange {
  std::uint64_t first = 0;
  std::uint64_t length = 0;
};

enum class RangeVerdict { kWhole, kPart, kUnsatisfiable };

struct RangeAnswer {
  RangeVerdict verdict = RangeVerdict::kWhole;
  ByteRange range;
};

// RFC 9110 for a single range. Several ranges, other units and nonsense are ignored: the whole
// answer.
RangeAnswer resolve_range(std::string_view header, std::uint64_t size);

struct ContentRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::uint64_t total = 0;
};

// "bytes a-b/total", decimal, a <= b < total; anything else is nullopt.
std::optional<ContentRange> parse_content_range(std::string_view header);

}  // namespace kerros::sandbox
