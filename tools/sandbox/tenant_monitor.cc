// GET /_api/v2.0/monitor/{id}: how far an accepted operation got. The URL is all the proof needed.
//
// Switches here: monitor.plain (the end is a 200 without Location).
#include "tools/sandbox/item_json.h"
#include "tools/sandbox/refusal.h"
#include "tools/sandbox/replies.h"
#include "tools/sandbox/tenant_pages.h"

namespace kerros::sandbox {
namespace {

Json progress(const Monitor& monitor) {
  const double part = static_cast<double>(monitor.asked - 1) /
                      static_cast<double>(monitor.polls == 0 ? 1 : monitor.polls);
  return {{"operation", monitor.operation},
          {"percentageComplete", 100.0 * part},
          {"status", monitor.asked == 1 && monitor.polls > 1 ? "notStarted" : "inProgress"}};
}

Json failure(const Monitor& monitor) {
  return {{"operation", monitor.operation},
          {"percentageComplete", 0.0},
          {"status", "failed"},
          {"errorCode", monitor.error},
          {"statusDescription", "The operation failed"},
          {"error", {{"code", monitor.error}, {"message", "The operation failed"}}}};
}

}  // namespace

Reply monitor_page(Exchange& exchange, const Query&) {
  const std::string path = exchange.head.path();
  const auto monitor = exchange.cloud.monitors.ask(path.substr(path.rfind('/') + 1));
  if (!monitor) throw item_not_found();
  if (exchange.strict() && exchange.head.find("Authorization")) {
    throw Refusal(401, "unauthenticated", "The caller is not authenticated.");
  }
  if (!monitor->done()) return json_reply(exchange, 202, progress(*monitor));
  if (!monitor->error.empty()) return json_reply(exchange, 200, failure(*monitor));
  const auto lock = exchange.cloud.store.lock();
  const Drive& drive = *exchange.cloud.store.drive(monitor->drive);
  const std::string where = "https://" + tenant_authority(exchange, drive) + drive.web_path +
                            "/_api/v2.0/drives/" + drive.id + "/items/" + monitor->item;
  const Json body = {{"operation", monitor->operation},
                     {"percentageComplete", 100.0},
                     {"resourceId", monitor->item},
                     {"resourceLocation", where},
                     {"status", "completed"}};
  if (exchange.switched("monitor.plain")) return json_reply(exchange, 200, body);
  Reply reply = json_reply(exchange, 303, body);
  reply.set("Location", where);
  return reply;
}

}  // namespace kerros::sandbox
