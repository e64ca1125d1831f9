#include "gateway/io/sessions/common.h"

#include <algorithm>
#include <ctime>
#include <nlohmann/json.hpp>

namespace kerros::io {

std::uint64_t session_end(std::string_view expiration, std::uint64_t now) {
  std::tm broken{};
  const std::string text(expiration.substr(0, 19));
  if (text.size() < 19 || !strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &broken))
    return now + kSessionLifeMs;
  const std::time_t seconds = std::max<std::time_t>(timegm(&broken), 0);
  const auto end = static_cast<std::uint64_t>(seconds) * 1000;
  return end > now + kSessionMarginMs ? end - kSessionMarginMs : end;
}

bool awaits_commit(const transfer::SessionState& state) {
  return state.plain_total != 0 && state.plain_offset == state.plain_total && !state.defer_commit &&
         !state.finished();
}

std::string progress_json(const transfer::SessionState& state) {
  nlohmann::ordered_json json;
  json["expirationDateTime"] = state.expiration;
  json["nextExpectedRanges"] = nlohmann::json::array();
  if (state.plain_total == 0 || state.plain_offset < state.plain_total)
    json["nextExpectedRanges"].push_back(transfer::next_expected_range(state));
  return json.dump();
}

}  // namespace kerros::io
