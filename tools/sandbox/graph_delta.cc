// What changed below a folder since a token, or everything when there is none.
//
// Switches here: delta.410 (its value is the inner code), and those of paging.
#include <algorithm>

#include "tools/sandbox/graph_handlers.h"
#include "tools/sandbox/paging.h"
#include "tools/sandbox/target_reader.h"
#include "tools/sandbox/views.h"

namespace kerros::sandbox {
namespace {

struct Start {
  bool fresh = true;         // everything that exists, and nothing that does not
  std::uint64_t change = 0;  // seen up to here
  std::string since;         // a time instead
};

std::string token_of(const GraphCall& call) {
  const std::string& segment = call.target.relation.back();
  if (segment.find('(') != std::string::npos) {
    const std::string inside = argument(segment, "token");
    if (!inside.empty()) return inside;
  }
  const auto token = call.target.query.find("token");
  return token ? *token : call.target.query.find("deltatoken").value_or("");
}

constexpr std::string_view kFresh = "0.";  // before the number: still telling what exists

// From "?token=", "?$token=" or "delta(token='...')"; "latest" is the end of the log.
Start start_of(const GraphCall& call) {
  const std::string token = token_of(call);
  if (token.empty()) return {};
  if (token == "latest") return {false, call.store().last_change(), {}};
  const bool fresh = token.starts_with(kFresh);
  if (const auto change = parse_decimal(token.substr(fresh ? kFresh.size() : 0))) {
    return {fresh, *change, {}};
  }
  if (token.size() >= 10 && token[4] == '-' && token[7] == '-') return {false, 0, token};
  throw Refusal(400, "invalidRequest", "The token is not ours", "badToken");
}

bool lies_below(const Store& store, const Item& item, const Item& folder) {
  for (const Item* at = &item; at != nullptr;) {
    if (at == &folder) return true;
    const auto parent = store.items().find(at->parent);
    at = parent == store.items().end() ? nullptr : &parent->second;
  }
  return false;
}

std::vector<Item*> changes(const GraphCall& call, const Item& folder, const Start& start) {
  std::vector<Item*> out = call.store().changes_since(folder.drive, start.change);
  std::erase_if(out, [&](const Item* item) {
    if (start.fresh && item->deleted) return true;
    const std::int64_t moved = std::max(item->modified, item->deleted_at);
    if (!start.since.empty() && iso_time(moved) < start.since) return true;
    return !lies_below(call.store(), *item, folder);
  });
  return out;
}

// The same question with another token, in the form in which it was asked.
std::string link_with(const GraphCall& call, const std::string& path, const std::string& token) {
  std::string rest = call.target.query.without("token");
  const std::string start = call.base + path;
  if (token.empty()) return start + "/delta" + (rest.empty() ? "" : "?" + rest);
  if (call.target.relation.back().find("token=") != std::string::npos) {
    return start + "/delta(token='" + token + "')" + (rest.empty() ? "" : "?" + rest);
  }
  return start + "/delta?" + rest + (rest.empty() ? "" : "&") + "token=" + token;
}

void refuse_old_token(const GraphCall& call) {
  if (token_of(call).empty()) return;
  const auto code = call.exchange.switched("delta.410");
  if (!code) return;
  throw Refusal(410, "resyncRequired", "The token is too old; start again",
                code->is_string() ? code->get<std::string>() : "resyncChangesApplyDifferences");
}

Json deleted_json(const Item& item) {
  Json out = {{"id", item.id}, {"deleted", {{"state", "deleted"}}}};
  out[item.folder ? "folder" : "file"] = Json::object();
  out["parentReference"] = {{"driveId", item.drive}, {"id", item.parent}};
  return out;
}

template <class Render>
Reply delta_reply(GraphCall& call, const Item& folder, const std::string& path,
                  const std::string& context, const Render& render) {
  try {
    refuse_old_token(call);
  } catch (const Refusal& refusal) {
    Reply reply = error_reply(call.exchange, refusal, call.door == Door::kTenant);
    reply.set("Location", link_with(call, path, ""));
    return reply;
  }
  const Start start = start_of(call);
  const std::vector<Item*> found = changes(call, folder, start);
  const std::uint64_t count = std::min<std::uint64_t>(found.size(), page_size(call));
  Json value = Json::array();
  for (std::uint64_t i = 0; i < count; ++i) value.push_back(render(*found[i]));
  const bool more = count < found.size();
  const std::uint64_t seen = more ? found[count - 1]->change : call.store().last_change();
  const std::string token = std::string(more && start.fresh ? kFresh : "") + std::to_string(seen);
  Json out = {{"@odata.context", context}};
  out[more ? "@odata.nextLink" : "@odata.deltaLink"] = link_with(call, path, token);
  out["value"] = value;
  return json_reply(call.exchange, 200, out);
}

}  // namespace

Reply get_delta(GraphCall& call) {
  const auto lock = call.store().lock();
  const Drive& drive = find_drive(call);
  const Item& folder = find_item(call);
  if (!folder.folder) throw bad_request("Delta is only supported on folders");
  const std::string where = folder.parent.empty() ? "root" : "items/" + folder.id;
  return delta_reply(call, folder, "/drives/" + drive.id + "/" + where,
                     call.context("Collection(driveItem)"), [&](Item& item) {
                       return item.deleted ? deleted_json(item)
                                           : viewed_item(call, item, call.target.query);
                     });
}

Reply get_list_delta(GraphCall& call) {
  const auto lock = call.store().lock();
  const Drive& drive = find_drive(call);
  const Item& root = *call.store().item(drive.id, drive.root);
  const std::string path = "/sites/" + drive.site + "/lists/" + call.target.list + "/items";
  return delta_reply(call, root, path, call.context("Collection(listItem)"), [&](Item& item) {
    if (!item.deleted) return viewed_list_item(call, item, call.target.query);
    return Json{{"id", std::to_string(item.number)}, {"deleted", {{"state", "deleted"}}}};
  });
}

}  // namespace kerros::sandbox
