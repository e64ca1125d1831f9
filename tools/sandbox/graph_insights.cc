// Who did what to an item, told by what the store remembers of it.
#include "tools/sandbox/graph_handlers.h"
#include "tools/sandbox/views.h"

namespace kerros::sandbox {
namespace {

Json activity(GraphCall& call, Item& item, const std::string& verb, const std::string& by,
              std::int64_t when) {
  return {{"id", base64url(verb + item.guid.substr(0, 8) + std::to_string(when))},
          {"action", {{verb, Json::object()}}},
          {"actor", identity(call.exchange.cloud, by)},
          {"times", {{"recordedDateTime", iso_time(when)}}},
          {"driveItem", viewed_item(call, item, {})}};
}

}  // namespace

Reply list_activities(GraphCall& call) {
  const auto lock = call.store().lock();
  Item& item = find_item(call);
  Json value = Json::array();
  for (const Version& version : item.versions) {
    const std::string verb = &version == &item.versions.front() ? "create" : "edit";
    value.push_back(activity(call, item, verb, version.by, version.modified));
  }
  return json_reply(
      call.exchange, 200,
      {{"@odata.context", call.context("Collection(itemActivity)")}, {"value", value}});
}

Reply get_analytics(GraphCall& call) {
  const auto lock = call.store().lock();
  const Item& item = find_item(call);
  const Json counted = {{"actionCount", item.versions.size()}, {"actorCount", 1}};
  return json_reply(call.exchange, 200,
                    {{"@odata.context", call.context("analytics/$entity")},
                     {"allTime", {{"access", counted}, {"edit", counted}}},
                     {"lastSevenDays", {{"access", counted}}}});
}

Reply list_activities_by_interval(GraphCall& call) {
  const auto lock = call.store().lock();
  Item& item = find_item(call);
  const Json counted = {{"actionCount", item.versions.size()}, {"actorCount", 1}};
  Json activities = Json::array();
  if (!item.versions.empty()) {
    activities.push_back(activity(call, item, "edit", item.current().by, item.current().modified));
  }
  return json_reply(call.exchange, 200,
                    {{"@odata.context", call.context("Collection(itemActivityStat)")},
                     {"value", Json::array({{{"startDateTime", iso_time(item.created)},
                                             {"endDateTime", iso_time(item.modified)},
                                             {"edit", counted},
                                             {"activities", activities}}})}});
}

}  // namespace kerros::sandbox
