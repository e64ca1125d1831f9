#include "gateway/audit/time_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <optional>

namespace kerros::audit {
namespace {

std::tm utc(std::uint64_t unix_ms) {
  // Four digits of a year are part of both forms: what lies beyond is a broken clock.
  constexpr std::uint64_t kEndOf9999 = 253'402'300'799;
  const std::uint64_t seconds = unix_ms / 1000;
  const auto time = static_cast<std::time_t>(seconds > kEndOf9999 ? kEndOf9999 : seconds);
  std::tm fields{};
  gmtime_r(&time, &fields);
  return fields;
}

// Digits and nothing else.
std::optional<unsigned> digits(std::string_view text) {
  unsigned value = 0;
  const bool all = !text.empty() && std::all_of(text.begin(), text.end(),
                                                [](char c) { return c >= '0' && c <= '9'; });
  if (!all) return std::nullopt;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::optional<std::chrono::sys_days> parse_day(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = digits(text.substr(0, 4)), month = digits(text.substr(5, 2)),
             day = digits(text.substr(8, 2));
  if (!year || !month || !day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                         std::chrono::month(*month), std::chrono::day(*day)};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date);
}

// "T21:48:16.123Z" as milliseconds of the day.
std::optional<std::uint64_t> parse_clock(std::string_view text) {
  const bool fraction = text.size() == 14;
  if ((!fraction && text.size() != 10) || text[0] != 'T' || text[3] != ':' || text[6] != ':' ||
      text.back() != 'Z' || (fraction && text[9] != '.'))
    return std::nullopt;
  const auto hour = digits(text.substr(1, 2)), minute = digits(text.substr(4, 2)),
             second = digits(text.substr(7, 2)),
             millis = fraction ? digits(text.substr(10, 3)) : std::optional<unsigned>(0);
  if (!hour || !minute || !second || !millis || *hour > 23 || *minute > 59 || *second > 59)
    return std::nullopt;
  return ((*hour * 60ULL + *minute) * 60 + *second) * 1000 + *millis;
}

}  // namespace

bool is_day(std::string_view text) { return parse_day(text).has_value(); }

Result<std::uint64_t> parse_time(std::string_view text) {
  const auto day = parse_day(text.substr(0, 10));
  const std::string_view rest = text.substr(std::min<std::size_t>(10, text.size()));
  const auto clock = rest.empty() ? std::optional<std::uint64_t>(0) : parse_clock(rest);
  if (!day || !clock || day->time_since_epoch().count() < 0)
    return fail(ErrorCode::kMalformed, "not a time: " + std::string(text));
  return static_cast<std::uint64_t>(day->time_since_epoch().count()) * 86'400'000 + *clock;
}

std::string months_before(std::uint64_t unix_ms, unsigned months) {
  const std::chrono::sys_days today{std::chrono::days(unix_ms / 86'400'000)};
  std::chrono::year_month_day date =
      std::chrono::year_month_day(today) - std::chrono::months(static_cast<int>(months));
  if (!date.ok()) date = date.year() / date.month() / std::chrono::last;
  const auto since = std::chrono::sys_days(date).time_since_epoch().count();
  return since < 0 ? "" : day_text(static_cast<std::uint64_t>(since) * 86'400'000);
}

std::int64_t days_between(std::string_view earlier, std::string_view later) {
  const auto a = parse_day(earlier), b = parse_day(later);
  return a && b ? (*b - *a).count() : 0;
}

std::string day_text(std::uint64_t unix_ms) {
  const std::tm fields = utc(unix_ms);
  std::array<char, 16> text{};
  const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%d", &fields);
  return {text.data(), size};
}

std::string time_text(std::uint64_t unix_ms) {
  const std::tm fields = utc(unix_ms);
  std::array<char, 16> clock{};
  std::array<char, 8> fraction{};
  const std::size_t size = std::strftime(clock.data(), clock.size(), "T%H:%M:%S", &fields);
  std::snprintf(fraction.data(), fraction.size(), ".%03uZ", static_cast<unsigned>(unix_ms % 1000));
  return day_text(unix_ms) + std::string(clock.data(), size) + fraction.data();
}

}  // namespace kerros::audit
