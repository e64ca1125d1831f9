// Percent-decoding that refuses whatever two readers could understand differently.
//
// Refused: octets outside printable ASCII, '#', '\' raw or encoded, a % without two hex digits
// ("%u0041" among them), control characters (NUL too) and text that is not well-formed UTF-8
// (overlong forms, surrogates, cut sequences).
// Thread safety: pure functions. Errors: kMalformed with the form in the detail, never the text.
// Source: RFC 3986 2.1; RFC 3629 4.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/result.h"

namespace kerros::graph {

struct Decoded {
  std::string text;
  // raw[i] is where octet i of `text` begins in the source; one more entry is the source's size.
  std::vector<std::uint32_t> raw;
};

enum class Plus : std::uint8_t { kLiteral, kSpace };  // in a path, in a query

// Decodes exactly once.
Result<Decoded> decode_percent(std::string_view source, Plus plus);

// Whether the name is a dot segment, also after one more decoding (the service has decoded twice
// before, and what it then sees must not be "..").
bool is_dot_segment(std::string_view segment);

// Octets of the well-formed sequence at the front of a non-empty text; 0 when there is none.
std::size_t utf8_length(std::string_view text);
bool is_utf8(std::string_view text);

}  // namespace kerros::graph
