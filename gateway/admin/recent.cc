#include "gateway/admin/recent.h"

#include <algorithm>
#include <string>

namespace kerros::admin {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint64_t kHours = 24;
constexpr std::uint64_t kLookedAt = 1000;  // records, a few milliseconds of reading
constexpr std::string_view kRefused = "refused: ";

// Events that an operator is asked to look at: what the cloud holds is not what was sealed.
bool is_alarm(audit::Event event) {
  return event == audit::Event::kNotAuthentic || event == audit::Event::kStoredDiffers ||
         event == audit::Event::kPlaceDiffers || event == audit::Event::kStoreMismatch;
}

void count(Json& counts, std::string_view name) {
  auto& number = counts[std::string(name)];
  number = (number.is_null() ? 0 : number.get<std::uint64_t>()) + 1;
}

}  // namespace

Json recent_refusals(const audit::Log& log, std::uint64_t now_ms) {
  const auto size = log.size();
  const auto from = size > kLookedAt ? size - kLookedAt + 1 : 1;
  const auto records = log.read(from, kLookedAt);
  if (!records) return Json();
  const auto since = now_ms - kHours * 3'600'000;
  Json refused = Json::object();
  Json alarms = Json::object();
  for (const auto& record : *records) {
    if (record.time_ms < since) continue;
    if (is_alarm(record.event))
      count(alarms, audit::name(record.event));
    else if (record.status.starts_with(kRefused))
      count(refused, std::string_view(record.status).substr(kRefused.size()));
  }
  const bool whole = from == 1 || records->empty() || records->front().time_ms < since;
  return {{"hours", kHours}, {"refused", refused}, {"alarms", alarms}, {"whole", whole}};
}

}  // namespace kerros::admin
