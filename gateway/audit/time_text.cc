#include "gateway/audit/time_text.h"

#include <array>
#include <cstdio>
#include <ctime>

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

}  // namespace

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
