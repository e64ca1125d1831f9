#include "gateway/graph/range.h"

#include <algorithm>
#include <limits>

#include "gateway/graph/head.h"

namespace kerros::graph {
namespace {

constexpr std::size_t kMostRanges = 16;  // more parts than any client of files has use for
constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();

struct Number {
  std::uint64_t value = 0;
  bool too_large = false;  // more than 64 bits; value is then the largest
};

// Digits only: no sign, no blank.
std::optional<Number> digits(std::string_view text) {
  if (text.empty()) return std::nullopt;
  Number number;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (number.value > (kMax - digit) / 10) number.too_large = true;
    number.value = number.too_large ? kMax : number.value * 10 + digit;
  }
  return number;
}

std::string_view trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

enum class Spec : std::uint8_t { kMalformed, kUnsatisfiable, kRange };

// One int-range or suffix-range (RFC 9110 14.1.2).
Spec parse_spec(std::string_view spec, std::uint64_t size, ByteRange& out) {
  const std::size_t dash = spec.find('-');
  if (dash == std::string_view::npos) return Spec::kMalformed;
  const auto last = digits(spec.substr(dash + 1));
  if (dash == 0) {
    if (!last) return Spec::kMalformed;
    if (last->value == 0 || size == 0) return Spec::kUnsatisfiable;
    out = {size - std::min(size, last->value), size - 1};
    return Spec::kRange;
  }
  const auto first = digits(spec.substr(0, dash));
  if (!first || (!last && dash + 1 != spec.size())) return Spec::kMalformed;
  if (last && last->value < first->value) return Spec::kMalformed;
  if (first->value >= size) return Spec::kUnsatisfiable;
  out = {first->value, last ? std::min(last->value, size - 1) : size - 1};
  return Spec::kRange;
}

}  // namespace

RangeRequest parse_range(std::optional<std::string_view> field, std::uint64_t size) {
  RangeRequest whole;
  if (!field) return whole;
  const std::size_t equals = field->find('=');
  if (equals == std::string_view::npos || !same_name(field->substr(0, equals), "bytes"))
    return whole;
  RangeRequest request{RangeRequest::Kind::kRanges, {}};
  std::string_view rest = field->substr(equals + 1);
  std::uint64_t asked = 0;
  std::size_t specs = 0;
  while (!rest.empty()) {
    const std::string_view item = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), item.size() + 1));
    const std::string_view spec = trim(item);
    if (spec.empty()) continue;  // RFC 9110 5.6.1.2: empty list elements count for nothing
    ByteRange range;
    const Spec kind = parse_spec(spec, size, range);
    if (kind == Spec::kMalformed || ++specs > kMostRanges) return whole;
    if (kind == Spec::kUnsatisfiable) continue;
    // Asking for more than there is means overlap: the whole is cheaper than what was asked.
    if (range.length() > size - asked) return whole;
    asked += range.length();
    request.ranges.push_back(range);
  }
  if (specs == 0) return whole;
  if (request.ranges.empty()) request.kind = RangeRequest::Kind::kUnsatisfiable;
  return request;
}

std::optional<ContentRange> parse_content_range(std::string_view field) {
  constexpr std::string_view kUnit = "bytes ";
  if (!field.starts_with(kUnit)) return std::nullopt;
  field.remove_prefix(kUnit.size());
  const std::size_t slash = field.find('/');
  const std::size_t dash = field.find('-');
  if (slash == std::string_view::npos || dash == std::string_view::npos || dash > slash)
    return std::nullopt;
  const auto first = digits(field.substr(0, dash));
  const auto last = digits(field.substr(dash + 1, slash - dash - 1));
  const auto total = digits(field.substr(slash + 1));
  if (!first || !last || !total || total->too_large) return std::nullopt;
  if (first->value > last->value || last->value >= total->value) return std::nullopt;
  return ContentRange{{first->value, last->value}, total->value};
}

Result<ContentRange> parse_fragment_range(std::optional<std::string_view> field) {
  if (!field) return fail(ErrorCode::kMalformed, "a fragment needs a Content-Range field");
  if (const auto range = parse_content_range(*field)) return *range;
  return fail(ErrorCode::kMalformed,
              "Content-Range must read \"bytes FIRST-LAST/TOTAL\" with FIRST <= LAST < TOTAL");
}

std::string to_field(const ContentRange& range) {
  return "bytes " + std::to_string(range.range.first) + "-" + std::to_string(range.range.last) +
         "/" + std::to_string(range.total);
}

std::string unsatisfied_field(std::uint64_t size) { return "bytes */" + std::to_string(size); }

std::string to_range_field(const ByteRange& range) {
  return "bytes=" + std::to_string(range.first) + "-" + std::to_string(range.last);
}

}  // namespace kerros::graph
