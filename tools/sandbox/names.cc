#include "tools/sandbox/names.h"

#include <clocale>
#include <cstdint>
#include <cwctype>
#include <map>
#include <set>

#include "tools/sandbox/encoding.h"

namespace kerros::sandbox {
namespace {

// One code point at `at`, which moves on; broken UTF-8 yields its bytes one by one.
char32_t next_code_point(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(at);
  const std::size_t length = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (length == 1 || first < 0xC0 || at + length > text.size()) return byte(at++);
  char32_t value = first & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) value = (value << 6) | (byte(at + i) & 0x3FU);
  at += length;
  return value;
}

void append_utf8(std::string& out, char32_t c) {
  const auto put = [&](char32_t v) { out.push_back(static_cast<char>(v)); };
  if (c < 0x80) return put(c);
  if (c < 0x800) {
    put(0xC0 | (c >> 6));
  } else {
    if (c < 0x10000) {
      put(0xE0 | (c >> 12));
    } else {
      put(0xF0 | (c >> 18));
      put(0x80 | ((c >> 12) & 0x3F));
    }
    put(0x80 | ((c >> 6) & 0x3F));
  }
  put(0x80 | (c & 0x3F));
}

locale_t unicode_locale() {
  static const locale_t kLocale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return kLocale;
}

bool is_reserved(std::string_view name) {
  static const std::set<std::string> kReserved = {".lock", "con", "prn",
                                                  "aux",   "nul", "desktop.ini"};
  const std::string lower = lower_ascii(name);
  if (kReserved.contains(lower) || lower.find("_vti_") != std::string::npos) return true;
  const bool port = lower.starts_with("com") || lower.starts_with("lpt");
  return port && lower.size() == 4 && lower[3] >= '0' && lower[3] <= '9';
}

}  // namespace

std::string fold_name(std::string_view name) {
  std::string out;
  for (std::size_t at = 0; at < name.size();) {
    const char32_t c = next_code_point(name, at);
    const auto folded = static_cast<char32_t>(
        unicode_locale() != nullptr ? towlower_l(static_cast<wint_t>(c), unicode_locale())
                                    : std::towlower(static_cast<wint_t>(c)));
    append_utf8(out, folded);
  }
  return out;
}

std::string why_name_is_bad(std::string_view name) {
  constexpr std::size_t kLongestName = 255;
  if (name.empty()) return "The name is empty";
  if (name == "." || name == "..") return "The name is a relative path";
  if (name.find_first_of("\"*<>?:|/\\") != std::string_view::npos) {
    return "The provided name contains characters that are not allowed";
  }
  for (const char c : name) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
      return "The name has a control character";
  }
  if (name.front() == ' ' || name.back() == ' ') return "The name begins or ends with a space";
  if (name.front() == '~') return "The name begins with a tilde";
  if (name.back() == '.') return "The name ends with a period";
  if (name.size() > kLongestName) return "The name is too long";
  if (is_reserved(name)) return "The name is reserved";
  return {};
}

std::string free_name(std::string_view wanted,
                      const std::function<bool(const std::string&)>& taken) {
  std::string candidate(wanted);
  const auto dot = wanted.rfind('.');
  const bool has_extension = dot != std::string_view::npos && dot > 0;
  const std::string stem(has_extension ? wanted.substr(0, dot) : wanted);
  const std::string tail(has_extension ? wanted.substr(dot) : std::string_view());
  for (int n = 1; taken(candidate); ++n) candidate = stem + " " + std::to_string(n) + tail;
  return candidate;
}

std::string extension_of(std::string_view name) {
  const auto dot = name.rfind('.');
  return dot == std::string_view::npos ? std::string() : lower_ascii(name.substr(dot + 1));
}

std::string mime_type_of(std::string_view name) {
  static const std::map<std::string, std::string> kTypes = {
      {"csv", "text/csv"},
      {"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
      {"htm", "text/html"},
      {"html", "text/html"},
      {"jpeg", "image/jpeg"},
      {"jpg", "image/jpeg"},
      {"json", "application/json"},
      {"pdf", "application/pdf"},
      {"png", "image/png"},
      {"pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
      {"txt", "text/plain"},
      {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
      {"zip", "application/x-zip-compressed"},
  };
  const auto found = kTypes.find(extension_of(name));
  return found == kTypes.end() ? "application/octet-stream" : found->second;
}

}  // namespace kerros::sandbox
