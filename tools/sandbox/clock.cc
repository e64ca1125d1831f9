#include "tools/sandbox/clock.h"

#include <array>
#include <cstdio>
#include <ctime>

namespace kerros::sandbox {
namespace {

std::string format(std::int64_t ms, const char* pattern) {
  const std::time_t seconds = ms / 1000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 64> out{};
  const std::size_t n = std::strftime(out.data(), out.size(), pattern, &parts);
  return {out.data(), n};
}

}  // namespace

std::int64_t Clock::now_ms() const {
  using std::chrono::duration_cast;
  using std::chrono::milliseconds;
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return duration_cast<milliseconds>(since).count() + shift_ms_;
}

std::string iso_time(std::int64_t ms) { return format(ms, "%Y-%m-%dT%H:%M:%SZ"); }

std::string iso_time_millis(std::int64_t ms) {
  std::array<char, 8> fraction{};
  std::snprintf(fraction.data(), fraction.size(), ".%03dZ", static_cast<int>(ms % 1000));
  return format(ms, "%Y-%m-%dT%H:%M:%S") + fraction.data();
}

std::string http_date(std::int64_t ms) { return format(ms, "%a, %d %b %Y %H:%M:%S GMT"); }

}  // namespace kerros::sandbox
