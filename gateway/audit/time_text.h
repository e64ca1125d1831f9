// Times as the log writes them, always UTC.
//
// Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "crypto/result.h"

namespace kerros::audit {

std::string time_text(std::uint64_t unix_ms);  // "2026-11-21T21:48:16.123Z"
std::string day_text(std::uint64_t unix_ms);   // "2026-11-21"

// The first millisecond of what is named: a day, or a second with or without its fraction, "Z" at
// the end. kMalformed.
Result<std::uint64_t> parse_time(std::string_view text);
bool is_day(std::string_view text);  // of the form above, and in the calendar

// The day that many months before: the last of its month when that is shorter. "" before 1970.
std::string months_before(std::uint64_t unix_ms, unsigned months);
std::int64_t days_between(std::string_view earlier, std::string_view later);  // of days

}  // namespace kerros::audit
