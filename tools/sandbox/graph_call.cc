#include "tools/sandbox/graph_call.h"

#include "tools/sandbox/names.h"
#include "tools/sandbox/places.h"

namespace kerros::sandbox {
namespace {

const Drive* drive_of_list(const GraphCall& call, const Drive* drive) {
  const std::string& list = call.target.list;
  if (drive == nullptr || list == "-" || list == list_id(*drive) ||
      equal_ignoring_case(list, drive->name) ||
      equal_ignoring_case(list, percent_decode(drive->documents_path).value_or("").substr(1))) {
    return drive;
  }
  return nullptr;
}

const Drive* named_drive(const GraphCall& call) {
  const GraphTarget& target = call.target;
  Store& store = call.store();
  if (!target.drive.empty()) return store.drive(target.drive);
  if (!target.share.empty()) {
    const Item* item = shared_item(call);
    return item == nullptr ? nullptr : store.drive(item->drive);
  }
  if (!target.user.empty()) return store.drive(find_user(call).drive);
  if (!target.group.empty()) return target.group == group_id() ? &store.shared_drive() : nullptr;
  if (!target.site.empty()) return drive_of_site(call);
  return store.drive(find_user(call).drive);
}

// The item before any steps by name; null when there is none.
Item* start_item(const GraphCall& call, const Drive& drive) {
  const GraphTarget& target = call.target;
  Store& store = call.store();
  if (!target.special.empty()) return &special_folder(call, drive);
  if (!target.channel.empty()) return &channel_folder(call, drive);
  if (!target.list_item.empty()) {
    const auto number = parse_decimal(target.list_item);
    return number ? store.item_by_number(drive.id, *number) : nullptr;
  }
  if (!target.item.empty() && target.item != "root") return store.item(drive.id, target.item);
  return target.share.empty() ? store.item(drive.id, drive.root) : shared_item(call);
}

bool may_enter(const GraphCall& call, const Drive& drive) {
  if (may_reach(call.caller, drive) || !call.target.share.empty()) return true;
  if (call.target.subject != Subject::kItem || call.target.item == "root") return false;
  const Item* item = start_item(call, drive);
  return item != nullptr && was_invited(call, *item);
}

Item& found_start(const GraphCall& call, const Drive& drive) {
  Item* item = start_item(call, drive);
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
  const Drive* drive = named_drive(call);
  if (!call.target.list.empty()) drive = drive_of_list(call, drive);
  if (drive == nullptr) throw item_not_found();
  if (!may_enter(call, *drive)) throw access_denied();
  return *drive;
}

Item& find_item(const GraphCall& call) {
  Item* item = &found_start(call, find_drive(call));
  for (const std::string& step : call.target.steps) {
    item = call.store().child(*item, step);
    if (item == nullptr) throw item_not_found();
  }
  return *item;
}

Placement find_placement(const GraphCall& call) {
  const Drive& drive = find_drive(call);
  Item* at = &found_start(call, drive);
  Placement out;
  out.drive = drive.id;
  out.if_match = call.header("If-Match");
  out.by = call.caller.oid;
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
