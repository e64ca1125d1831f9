#include "gateway/graph/percent.h"

#include <optional>

namespace kerros::graph {
namespace {

std::optional<unsigned> hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  return std::nullopt;
}

std::optional<char> triplet(std::string_view text) {
  if (text.size() < 3 || text[0] != '%') return std::nullopt;
  const auto high = hex_digit(text[1]);
  const auto low = hex_digit(text[2]);
  if (!high || !low) return std::nullopt;
  return static_cast<char>(*high << 4 | *low);
}

}  // namespace

std::size_t utf8_length(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = at(0);
  if (lead < 0x80) return 1;
  std::size_t length = 0;
  unsigned char low = 0x80, high = 0xbf;  // bounds of the second octet
  if (lead >= 0xc2 && lead <= 0xdf) {
    length = 2;
  } else if (lead >= 0xe0 && lead <= 0xef) {
    length = 3;
    if (lead == 0xe0) low = 0xa0;   // overlong
    if (lead == 0xed) high = 0x9f;  // surrogates
  } else if (lead >= 0xf0 && lead <= 0xf4) {
    length = 4;
    if (lead == 0xf0) low = 0x90;   // overlong
    if (lead == 0xf4) high = 0x8f;  // above U+10FFFF
  }
  if (length == 0 || text.size() < length || at(1) < low || at(1) > high) return 0;
  for (std::size_t i = 2; i < length; ++i)
    if (at(i) < 0x80 || at(i) > 0xbf) return 0;
  return length;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

Result<Decoded> decode_percent(std::string_view source, Plus plus) {
  Decoded out;
  out.text.reserve(source.size());
  out.raw.reserve(source.size() + 1);
  for (std::size_t i = 0; i < source.size();) {
    char c = source[i];
    std::size_t taken = 1;
    if (c < 0x21 || c > 0x7e || c == '#')
      return fail(ErrorCode::kMalformed, "an octet that must be encoded");
    if (c == '%') {
      const auto octet = triplet(source.substr(i));
      if (!octet) return fail(ErrorCode::kMalformed, "a % without two hex digits");
      c = *octet;
      taken = 3;
    } else if (c == '+' && plus == Plus::kSpace) {
      c = ' ';
    }
    const auto octet = static_cast<unsigned char>(c);
    if (octet < 0x20 || octet == 0x7f) return fail(ErrorCode::kMalformed, "a control character");
    if (c == '\\') return fail(ErrorCode::kMalformed, "a backslash");
    out.text.push_back(c);
    out.raw.push_back(static_cast<std::uint32_t>(i));
    i += taken;
  }
  out.raw.push_back(static_cast<std::uint32_t>(source.size()));
  if (!is_utf8(out.text)) return fail(ErrorCode::kMalformed, "text that is not UTF-8");
  return out;
}

bool is_dot_segment(std::string_view segment) {
  std::size_t dots = 0;
  while (!segment.empty()) {
    if (segment[0] == '.') {
      segment.remove_prefix(1);
    } else if (triplet(segment) == '.') {
      segment.remove_prefix(3);
    } else {
      return false;
    }
    ++dots;
  }
  return dots == 1 || dots == 2;
}

}  // namespace kerros::graph
