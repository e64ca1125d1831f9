// What was refused lately, counted from the end of the log. Seen by gateway/admin/ alone.
//
// Counts only, without a name of a person or a file: asking for them is no reading of the log.
// Thread safety: any thread.
#pragma once

#include <nlohmann/json.hpp>

#include "gateway/audit/log.h"

namespace kerros::admin {

// {"hours":24,"refused":{"not-allowed":3},"alarms":{"not-authentic":1},"whole":true}; "whole" is
// false when more was written within the hours than is looked at. Null when the log cannot be read.
nlohmann::ordered_json recent_refusals(const audit::Log& log, std::uint64_t now_ms);

}  // namespace kerros::admin
