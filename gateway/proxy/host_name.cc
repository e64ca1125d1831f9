#include "gateway/proxy/host_name.h"

#include <algorithm>

namespace kerros::proxy {
namespace {

constexpr std::size_t kLongestName = 253;
constexpr std::size_t kLongestLabel = 63;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_hex_digit(char c) {
  const char small = lower(c);
  return is_digit(c) || (small >= 'a' && small <= 'f');
}

bool same(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

// "127", "0x7f", "0177": what inet_aton takes for a number.
bool is_number(std::string_view label) {
  if (label.empty()) return false;
  if (label.size() > 1 && label[0] == '0' && lower(label[1]) == 'x')
    return std::ranges::all_of(label.substr(2), is_hex_digit);
  return std::ranges::all_of(label, is_digit);
}

std::string_view without_final_dot(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  return host;
}

}  // namespace

std::string lower(std::string_view text) {
  std::string small(text);
  std::ranges::transform(small, small.begin(), [](char c) { return lower(c); });
  return small;
}

bool host_matches(std::string_view pattern, std::string_view host) {
  host = without_final_dot(host);
  if (!pattern.starts_with("*.")) return same(pattern, host);
  pattern.remove_prefix(1);  // ".sharepoint.com"
  return host.size() > pattern.size() && same(host.substr(host.size() - pattern.size()), pattern);
}

bool host_matches_any(const std::vector<std::string>& patterns, std::string_view host) {
  return std::ranges::any_of(
      patterns, [&](const std::string& pattern) { return host_matches(pattern, host); });
}

// No top-level domain is a number, so a last label that is one makes the whole an address for some
// resolver.
bool is_address_literal(std::string_view host) {
  if (host.find(':') != std::string_view::npos || host.starts_with('[')) return true;
  host = without_final_dot(host);
  const std::size_t dot = host.rfind('.');
  return is_number(dot == std::string_view::npos ? host : host.substr(dot + 1));
}

bool is_dns_name(std::string_view host) {
  host = without_final_dot(host);
  if (host.empty() || host.size() > kLongestName) return false;
  std::size_t label = 0;
  for (const char c : host) {
    if (c == '.') {
      if (label == 0) return false;
      label = 0;
      continue;
    }
    const char small = lower(c);
    if (!(small >= 'a' && small <= 'z') && !is_digit(c) && c != '-' && c != '_') return false;
    if (++label > kLongestLabel) return false;
  }
  return label > 0;
}

bool is_certifiable(std::string_view host) {
  return is_dns_name(host) && !host.ends_with('.') && host.find('_') == std::string_view::npos;
}

}  // namespace kerros::proxy
