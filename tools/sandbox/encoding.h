// Text forms of bytes: base64, base64url, hex, percent-encoding, gzip.
//
// Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kerros::sandbox {

std::string base64(std::string_view bytes);
std::optional<std::string> from_base64(std::string_view text);
std::string base64url(std::string_view bytes);  // without padding
std::optional<std::string> from_base64url(std::string_view text);
std::string hex(std::string_view bytes);

// Each %XX once, nothing else ('+' stays). nullopt when a triplet is broken.
std::optional<std::string> percent_decode(std::string_view text);
// Everything but unreserved characters and those in `keep`.
std::string percent_encode(std::string_view text, std::string_view keep = "");

std::string xml_text(std::string_view text);  // as content of an element

std::string gzip(std::string_view bytes);

std::string lower_ascii(std::string_view text);
bool equal_ignoring_case(std::string_view a, std::string_view b);
std::string_view trim(std::string_view text);
// Digits only: no sign, no blank, no overflow.
std::optional<std::uint64_t> parse_decimal(std::string_view text);

}  // namespace kerros::sandbox
