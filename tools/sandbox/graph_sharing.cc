// Links and invitations. A link's URL is also a way to address the item: see places.h.
#include <algorithm>

#include "tools/sandbox/graph_handlers.h"
#include "tools/sandbox/ids.h"
#include "tools/sandbox/views.h"

namespace kerros::sandbox {
namespace {

Permission& find_permission(const GraphCall& call, Item& item) {
  const std::string& id = call.target.relation.back();
  const auto found = std::find_if(item.permissions.begin(), item.permissions.end(),
                                  [&](const Permission& p) { return p.id == id; });
  if (found == item.permissions.end()) throw item_not_found();
  return *found;
}

const User& recipient(GraphCall& call, const Json& named) {
  const User* user = call.store().user_by_upn(named.value("email", ""));
  if (user == nullptr) user = call.store().user_by_oid(named.value("objectId", ""));
  if (user == nullptr) throw bad_request("A recipient is not known");
  return *user;
}

std::string role_of(const Json& roles) {
  const bool writes = std::any_of(roles.begin(), roles.end(), [](const Json& role) {
    return role == "write" || role == "owner";
  });
  return writes ? "write" : "read";
}

}  // namespace

Reply create_link(GraphCall& call) {
  const Json body = read_json(call.exchange);
  const std::string type = body.value("type", "view");
  if (type != "view" && type != "edit" && type != "embed") throw bad_request("Invalid link type");
  Permission wanted{random_guid(),
                    type == "edit" ? "write" : "read",
                    "E" + base64url(random_bytes(33)),
                    body.value("scope", "organization"),
                    {}};
  const auto lock = call.store().lock();
  Item& item = find_item(call);
  for (const Permission& p : item.permissions) {
    if (!p.link.empty() && p.role == wanted.role && p.scope == wanted.scope) {
      return json_reply(call.exchange, 200, permission_json(call, item, p));
    }
  }
  item.permissions.push_back(wanted);
  call.store().touch(item);
  Json out = permission_json(call, item, wanted);
  if (type == "embed") {
    out["link"]["webHtml"] =
        "<iframe src=\"" + out["link"]["webUrl"].get<std::string>() + "\"></iframe>";
  }
  return json_reply(call.exchange, 201, out);
}

Reply invite_to_item(GraphCall& call) {
  const Json body = read_json(call.exchange);
  const auto lock = call.store().lock();
  Item& item = find_item(call);
  Json value = Json::array();
  for (const Json& named : body.value("recipients", Json::array())) {
    const User& user = recipient(call, named);
    item.permissions.push_back(
        {random_guid(), role_of(body.value("roles", Json::array())), {}, {}, user.oid});
    value.push_back(permission_json(call, item, item.permissions.back()));
  }
  if (value.empty()) throw bad_request("An invitation needs recipients");
  call.store().touch(item);
  return json_reply(call.exchange, 200, {{"value", value}});
}

Reply list_permissions(GraphCall& call) {
  const auto lock = call.store().lock();
  return json_reply(call.exchange, 200,
                    {{"@odata.context", call.context("permissions")},
                     {"value", permissions_json(call, find_item(call))}});
}

Reply get_permission(GraphCall& call) {
  const auto lock = call.store().lock();
  Item& item = find_item(call);
  return json_reply(call.exchange, 200, permission_json(call, item, find_permission(call, item)));
}

Reply patch_permission(GraphCall& call) {
  const Json body = read_json(call.exchange);
  const auto lock = call.store().lock();
  Item& item = find_item(call);
  Permission& permission = find_permission(call, item);
  permission.role = role_of(body.value("roles", Json::array({permission.role})));
  call.store().touch(item);
  return json_reply(call.exchange, 200, permission_json(call, item, permission));
}

Reply delete_permission(GraphCall& call) {
  const auto lock = call.store().lock();
  Item& item = find_item(call);
  const std::string id = find_permission(call, item).id;
  std::erase_if(item.permissions, [&](const Permission& p) { return p.id == id; });
  call.store().touch(item);
  Reply reply = empty_reply(204);
  add_request_ids(call.exchange, reply);
  return reply;
}

Reply get_share(GraphCall& call) {
  const auto lock = call.store().lock();
  Item& item = find_item(call);
  Json out = {{"@odata.context", call.context("shares/$entity")},
              {"id", call.target.share},
              {"name", item.name},
              {"owner", identity(call.exchange.cloud, item.created_by)}};
  Query options = call.target.query;
  const std::string expand = options.find("expand").value_or("");
  if (expand.starts_with("children")) out["children"] = children_json(call, item, {});
  for (const char* what : {"driveItem", "root"}) {
    if (expand.find(what) != std::string::npos) out[what] = viewed_item(call, item, {});
  }
  return json_reply(call.exchange, 200, out);
}

}  // namespace kerros::sandbox
