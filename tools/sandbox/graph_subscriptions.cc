// Subscriptions to changes, and the socket that tells of a drive's.
#include "tools/sandbox/graph_handlers.h"

namespace kerros::sandbox {
namespace {

Json own_subscription(GraphCall& call) {
  const auto found = call.exchange.cloud.subscriptions.find(call.target.relation.back());
  if (!found || found->value("creatorId", "") != call.caller.oid) throw item_not_found();
  return *found;
}

Json with_context(const GraphCall& call, const Json& value) {
  Json out = {{"@odata.context", call.context("subscriptions/$entity")}};
  out.update(value);
  return out;
}

}  // namespace

Reply create_subscription(GraphCall& call) {
  const Json body = read_json(call.exchange);
  Json made = Json::object();
  for (const char* key : {"resource", "changeType", "notificationUrl", "expirationDateTime"}) {
    if (body.value(key, "").empty()) {
      throw Refusal(400, "ValidationError", std::string("A subscription needs ") + key);
    }
    made[key] = body[key];
  }
  if (!body["notificationUrl"].get<std::string>().starts_with("https://")) {
    throw Refusal(400, "ValidationError", "notificationUrl has to be https");
  }
  made["clientState"] = body.value("clientState", Json());
  made["applicationId"] = call.caller.app;
  made["creatorId"] = call.caller.oid;
  return json_reply(call.exchange, 201,
                    with_context(call, call.exchange.cloud.subscriptions.add(made)));
}

Reply list_subscriptions(GraphCall& call) {
  return json_reply(call.exchange, 200,
                    {{"@odata.context", call.context("subscriptions")},
                     {"value", call.exchange.cloud.subscriptions.of(call.caller.oid)}});
}

Reply get_subscription(GraphCall& call) {
  return json_reply(call.exchange, 200, with_context(call, own_subscription(call)));
}

Reply patch_subscription(GraphCall& call) {
  const std::string id = own_subscription(call).at("id").get<std::string>();
  const Json body = read_json(call.exchange);
  const auto changed = call.exchange.cloud.subscriptions.change(id, "expirationDateTime",
                                                                body.at("expirationDateTime"));
  if (!changed) throw item_not_found();
  return json_reply(call.exchange, 200, with_context(call, *changed));
}

Reply delete_subscription(GraphCall& call) {
  const std::string id = own_subscription(call).at("id").get<std::string>();
  if (!call.exchange.cloud.subscriptions.remove(id)) throw item_not_found();
  Reply reply = empty_reply(204);
  add_request_ids(call.exchange, reply);
  return reply;
}

Reply get_socket(GraphCall& call) {
  constexpr std::int64_t kHour = 3600 * 1000;
  const auto lock = call.store().lock();
  const Drive& drive = find_drive(call);
  const std::string secret =
      call.exchange.cloud.tokens.tempauth({{"use", "socket"}, {"d", drive.id}}, kHour / 1000);
  return json_reply(
      call.exchange, 200,
      {{"@odata.context", call.context("subscriptions/$entity")},
       {"id", drive.id},
       {"expirationDateTime", iso_time(call.exchange.cloud.clock.now_ms() + kHour)},
       {"notificationUrl", "https://f3hb0mpua.svc.ms/zbaehwg/callback?snthgk=" + secret}});
}

}  // namespace kerros::sandbox
