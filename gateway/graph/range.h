// Byte ranges: what a client asks for, what an answer says, what an upload fragment names.
//
// Thread safety: pure functions. Source: RFC 9110 14; graph documentation, upload sessions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/result.h"

namespace kerros::graph {

struct ByteRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;  // inclusive
  std::uint64_t length() const { return last - first + 1; }
  bool operator==(const ByteRange&) const = default;
};

struct RangeRequest {
  enum class Kind : std::uint8_t {
    kWhole,          // no Range, a malformed one, or an unknown unit: ignored as RFC 9110 says
    kRanges,         // satisfiable ones, in the order asked; more than 16, or more bytes together
                     // than there are (so they overlap): kWhole
    kUnsatisfiable,  // 416 with "bytes */size"
  } kind = Kind::kWhole;
  std::vector<ByteRange> ranges;
};
RangeRequest parse_range(std::optional<std::string_view> field, std::uint64_t size);

// "bytes 0-99/1000" of a 206; nullopt when malformed or of unknown size.
struct ContentRange {
  ByteRange range;
  std::uint64_t total = 0;
};
std::optional<ContentRange> parse_content_range(std::string_view field);

// The same of an upload fragment, with the reason in the detail (kMalformed), fit for the client.
Result<ContentRange> parse_fragment_range(std::optional<std::string_view> field);

std::string to_field(const ContentRange& range);     // "bytes 0-99/1000"
std::string unsatisfied_field(std::uint64_t size);   // "bytes */1000"
std::string to_range_field(const ByteRange& range);  // "bytes=0-99"

}  // namespace kerros::graph
