// Percent-encoding of paths that the gateway itself asks for (RFC 3986 2.1).
//
// Everything but unreserved characters is encoded; '/' stays in a path.
// Thread safety: pure function.
#pragma once

#include <string>
#include <string_view>

namespace kerros::graph {

inline std::string percent_encode_path(std::string_view path) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
                       (byte >= 'a' && byte <= 'z') ||
                       std::string_view("-._~/").find(c) != std::string_view::npos;
    if (plain)
      out += c;
    else
      out.append({'%', digits[byte >> 4], digits[byte & 15]});
  }
  return out;
}

}  // namespace kerros::graph
