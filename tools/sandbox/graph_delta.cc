#include <algorithm>

#include "tools/sandbox/graph_handlers.h"

namespace kerros::sandbox {
namespace {

constexpr std::uint64_t kPage = 200;

// From "?token=", "?$token=" or "delta(token='...')"; "latest" is the end of the log.
std::uint64_t start_of(const GraphCall& call) {
  std::string token = call.target.query.find("token").value_or("");
  const std::string& segment = call.target.relation.back();
  const auto open = segment.find("token='");
  if (open != std::string::npos) {
    token = segment.substr(open + 7, segment.rfind('\'') - open - 7);
  }
  if (token.empty()) return 0;
  if (token == "latest") return call.store().last_change();
  const auto change = parse_decimal(token);
  if (!change) throw Refusal(400, "invalidRequest", "The token is not ours", "badToken");
  return *change;
}

Json change_json(GraphCall& call, Item& item) {
  if (!item.deleted) {
    return selected(item_json(call.exchange, item, {}), call.target.query.list("select"));
  }
  return {{"id", item.id},
          {"deleted", {{"state", "deleted"}}},
          {"parentReference", {{"driveId", item.drive}, {"id", item.parent}}}};
}

}  // namespace

Reply get_delta(GraphCall& call) {
  const auto lock = call.store().lock();
  const Drive& drive = find_drive(call);
  if (!find_item(call).parent.empty()) {
    throw bad_request("Delta is only supported on the root of a drive");
  }
  const std::uint64_t start = start_of(call);
  const std::vector<Item*> changes = call.store().changes_since(drive.id, start);
  std::uint64_t page = kPage;
  if (const auto size = call.exchange.switched("page.size")) page = size->get<std::uint64_t>();
  Json value = Json::array();
  std::uint64_t last = start;
  for (std::size_t i = 0; i < changes.size() && i < page; ++i) {
    last = changes[i]->change;
    if (start != 0 || !changes[i]->deleted) value.push_back(change_json(call, *changes[i]));
  }
  std::string rest = call.target.query.without("token");
  if (!rest.empty()) rest += "&";
  const std::string link = "https://" + graph_authority(call.exchange) + "/" + call.target.version +
                           "/drives/" + drive.id + "/root/delta?" + rest +
                           "token=" + std::to_string(last);
  Json out = {{"@odata.context", call.context("Collection(driveItem)")}};
  out[changes.size() > page ? "@odata.nextLink" : "@odata.deltaLink"] = link;
  out["value"] = value;
  return json_reply(call.exchange, 200, out);
}

}  // namespace kerros::sandbox
