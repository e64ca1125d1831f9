#include "tools/sandbox/ranges.h"

#include <algorithm>

#include "tools/sandbox/encoding.h"

namespace kerros::sandbox {

RangeAnswer resolve_range(std::string_view header, std::uint64_t size) {
  constexpr std::string_view kUnit = "bytes=";
  const RangeAnswer whole{RangeVerdict::kWhole, {0, size}};
  const RangeAnswer unsatisfiable{RangeVerdict::kUnsatisfiable, {}};
  header = trim(header);
  if (header.size() < kUnit.size() || !equal_ignoring_case(header.substr(0, kUnit.size()), kUnit)) {
    return whole;
  }
  const std::string_view spec = trim(header.substr(kUnit.size()));
  const auto dash = spec.find('-');
  if (dash == std::string_view::npos || spec.find(',') != std::string_view::npos) return whole;
  const std::string_view from = spec.substr(0, dash);
  const std::string_view to = spec.substr(dash + 1);
  if (from.empty()) {
    const auto suffix = parse_decimal(to);
    if (!suffix) return whole;
    if (*suffix == 0 || size == 0) return unsatisfiable;
    const std::uint64_t length = std::min(*suffix, size);
    return {RangeVerdict::kPart, {size - length, length}};
  }
  const auto first = parse_decimal(from);
  const auto last = to.empty() ? std::optional<std::uint64_t>(UINT64_MAX) : parse_decimal(to);
  if (!first || !last || *last < *first) return whole;
  if (*first >= size) return unsatisfiable;
  return {RangeVerdict::kPart, {*first, std::min(*last, size - 1) - *first + 1}};
}

std::optional<ContentRange> parse_content_range(std::string_view header) {
  constexpr std::string_view kUnit = "bytes ";
  if (!header.starts_with(kUnit)) return std::nullopt;
  const std::string_view spec = header.substr(kUnit.size());
  const auto dash = spec.find('-');
  const auto slash = spec.find('/');
  if (dash == std::string_view::npos || slash == std::string_view::npos || slash < dash) {
    return std::nullopt;
  }
  const auto first = parse_decimal(spec.substr(0, dash));
  const auto last = parse_decimal(spec.substr(dash + 1, slash - dash - 1));
  const auto total = parse_decimal(spec.substr(slash + 1));
  if (!first || !last || !total || *last < *first || *last >= *total) return std::nullopt;
  return ContentRange{*first, *last, *total};
}

}  // namespace kerros::sandbox
