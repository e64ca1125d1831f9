// The sandbox's clock: the system's, shifted by what a test asked for.
//
// Thread safety: any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

namespace kerros::sandbox {

class Clock {
 public:
  std::int64_t now_ms() const;
  void shift_by(std::int64_t milliseconds) { shift_ms_ = milliseconds; }

 private:
  std::atomic<std::int64_t> shift_ms_ = 0;
};

std::string iso_time(std::int64_t ms);         // 2026-01-29T09:21:55Z
std::string iso_time_millis(std::int64_t ms);  // 2026-01-29T09:21:55.523Z
std::string http_date(std::int64_t ms);

}  // namespace kerros::sandbox
