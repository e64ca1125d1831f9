// Times as the log writes them, always UTC.
//
// Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <string>

namespace kerros::audit {

std::string time_text(std::uint64_t unix_ms);  // "2026-11-21T21:48:16.123Z"
std::string day_text(std::uint64_t unix_ms);   // "2026-11-21"

}  // namespace kerros::audit
