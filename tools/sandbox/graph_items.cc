#include "tools/sandbox/graph_handlers.h"
#include "tools/sandbox/views.h"

namespace kerros::sandbox {
namespace {

// Where the item shall live; itself when parentReference says nothing.
Item& new_parent(GraphCall& call, Item& item, const Json& body) {
  Store& store = call.store();
  const std::string drive = item.drive;
  const Json reference = body.value("parentReference", Json::object());
  if (reference.value("driveId", drive) != drive) {
    throw Refusal(400, "notSupported", "Items cannot be moved to another drive");
  }
  std::string id = reference.value("id", item.parent);
  if (id == "root") id = store.drive(drive)->root;
  Item* parent = store.item(drive, id);
  if (parent != nullptr && !reference.contains("id") && reference.contains("path")) {
    GraphCall there = call;
    there.target = parse_graph_target("/v1.0" + reference["path"].get<std::string>());
    parent = &find_item(there);
  }
  if (parent == nullptr || !parent->folder) throw item_not_found();
  for (const Item* at = parent; at != nullptr; at = store.item(drive, at->parent)) {
    if (at == &item) throw bad_request("A folder cannot be moved into itself");
  }
  return *parent;
}

void apply_times(const Json& body, Item& item) {
  const Json times = body.value("fileSystemInfo", Json::object());
  item.given_created = times.value("createdDateTime", item.given_created);
  item.given_modified = times.value("lastModifiedDateTime", item.given_modified);
}

}  // namespace

Reply get_item(GraphCall& call) {
  const auto lock = call.store().lock();
  Item& item = find_item(call);
  const std::string none_match = call.header("If-None-Match");
  if (none_match == item.etag_text() || none_match == item.ctag_text()) return empty_reply(304);
  return item_reply(call, item, 200);
}

Reply patch_item(GraphCall& call) {
  const Json body = read_json(call.exchange);
  const auto lock = call.store().lock();
  Item& item = find_item(call);
  check_conditions(item, call.header("If-Match"), call.header("If-None-Match"));
  check_unlocked(item, call.caller.oid);
  if (call.exchange.switched("lock")) {
    throw Refusal(423, "resourceLocked", "The resource you are attempting to access is locked");
  }
  const std::string name = body.value("name", item.name);
  if (item.parent.empty() && (body.contains("name") || body.contains("parentReference"))) {
    throw bad_request("The root cannot be moved");
  }
  if (!item.parent.empty()) {
    Item& parent = new_parent(call, item, body);
    check_name(call.exchange, call.store(), parent, name);
    const Item* taken = call.store().child(parent, name);
    if (taken != nullptr && taken != &item) throw name_exists("Name already exists");
    call.store().relocate(item, parent, name);
  }
  apply_times(body, item);
  item.modified_by = call.caller.oid;
  call.store().touch(item);
  return item_reply(call, item, 200);
}

Reply delete_item(GraphCall& call) {
  const auto lock = call.store().lock();
  Item& item = find_item(call);
  if (item.parent.empty()) throw Refusal(403, "accessDenied", "The root cannot be deleted");
  check_conditions(item, call.header("If-Match"), call.header("If-None-Match"));
  check_unlocked(item, call.caller.oid);
  if (call.exchange.switched("lock")) {
    throw Refusal(423, "resourceLocked", "The resource you are attempting to access is locked");
  }
  call.store().remove(item);
  Reply reply = empty_reply(204);
  add_request_ids(call.exchange, reply);
  return reply;
}

}  // namespace kerros::sandbox
