#include "tools/sandbox/graph_call.h"

#include <algorithm>

namespace kerros::sandbox {
namespace {

const Drive& drive_of_site(const GraphCall& call) {
  const std::string& site = call.target.site;
  Store& store = call.store();
  const Drive& shared = store.shared_drive();
  if (site == "root" || site == shared.host || site == shared.site) return shared;
  const auto found = std::find_if(store.drives().begin(), store.drives().end(),
                                  [&](const auto& entry) { return entry.second.site == site; });
  if (found == store.drives().end()) throw item_not_found();
  return found->second;
}

// The item before any steps by name.
Item& start_item(const GraphCall& call, const Drive& drive) {
  const std::string& id = call.target.item;
  Item* item = call.store().item(drive.id, id == "root" || id.empty() ? drive.root : id);
  if (item == nullptr) throw item_not_found();
  return *item;
}

}  // namespace

const User& find_user(const GraphCall& call) {
  Store& store = call.store();
  const std::string& name = call.target.user;
  const bool self = name.empty() || name == "me";
  if (self && call.caller.application) {
    throw Refusal(400, "BadRequest",
                  "/me request is only valid with delegated authentication flow.");
  }
  const User* user = self ? store.user_by_oid(call.caller.oid) : store.user_by_upn(name);
  if (user == nullptr && !self) user = store.user_by_oid(name);
  if (user == nullptr) {
    throw Refusal(404, "Request_ResourceNotFound", "Resource '" + name + "' does not exist.");
  }
  return *user;
}

const Drive& find_drive(const GraphCall& call) {
  const Drive* drive = nullptr;
  if (!call.target.drive.empty()) {
    drive = call.store().drive(call.target.drive);
  } else if (!call.target.site.empty()) {
    drive = &drive_of_site(call);
  } else {
    drive = call.store().drive(find_user(call).drive);
  }
  if (drive == nullptr) throw item_not_found();
  if (!may_reach(call.caller, *drive)) throw access_denied();
  return *drive;
}

Item& find_item(const GraphCall& call) {
  Item* item = &start_item(call, find_drive(call));
  for (const std::string& step : call.target.steps) {
    item = call.store().child(*item, step);
    if (item == nullptr) throw item_not_found();
  }
  return *item;
}

Placement find_placement(const GraphCall& call) {
  const Drive& drive = find_drive(call);
  Item* at = &start_item(call, drive);
  Placement out;
  out.drive = drive.id;
  out.if_match = call.header("If-Match");
  out.if_none_match = call.header("If-None-Match");
  if (call.target.steps.empty()) {
    if (at->folder) throw bad_request("The item is a folder");
    out.item = at->id;
    out.parent = at->parent;
    out.name = at->name;
    return out;
  }
  for (std::size_t i = 0; i + 1 < call.target.steps.size(); ++i) {
    at = call.store().child(*at, call.target.steps[i]);
    if (at == nullptr || !at->folder) throw item_not_found();
  }
  if (!at->folder) throw item_not_found();
  out.parent = at->id;
  out.name = call.target.steps.back();
  check_name(call.exchange, call.store(), *at, out.name);
  return out;
}

ItemView item_view(const GraphCall& call, const Drive& drive) {
  return {Door::kGraph, call.context("drives('" + percent_encode(drive.id) + "')/items/$entity")};
}

}  // namespace kerros::sandbox
