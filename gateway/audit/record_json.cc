#include <nlohmann/json.hpp>

#include "gateway/audit/record.h"
#include "gateway/audit/time_text.h"

namespace kerros::audit {

std::string to_json(const Record& record, std::uint64_t position) {
  nlohmann::ordered_json json;
  if (position != 0) json["position"] = position;
  json["time"] = time_text(record.time_ms);
  json["class"] = name(class_of(record.event));
  json["event"] = name(record.event);
  json["actor"] = record.actor;
  json["right"] = record.right;
  json["source"] = record.source;
  json["target"] = record.target;
  json["status"] = record.status;
  if (record.intent != 0) json["intent"] = record.intent;
  // An array of pairs would keep repeated names; nobody writes them, and an object reads better.
  for (const auto& [name, value] : record.details) json["details"][name] = value;
  // A record that never passed check() may hold anything: replace, never throw.
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace kerros::audit
