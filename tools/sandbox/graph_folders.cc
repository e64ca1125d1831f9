#include <fstream>

#include "tools/sandbox/graph_handlers.h"
#include "tools/sandbox/names.h"
#include "tools/sandbox/views.h"

namespace kerros::sandbox {
namespace {

Item& make_child(GraphCall& call, Item& parent, const Json& body, const std::string& wanted) {
  Store& store = call.store();
  const std::string conflict = lower_ascii(body.value(
      "@microsoft.graph.conflictBehavior", body.value("@name.conflictBehavior", "fail")));
  std::string name = wanted;
  if (Item* taken = store.child(parent, name)) {
    if (conflict == "replace" && taken->folder && body.contains("folder")) return *taken;
    if (conflict != "rename") throw name_exists("Name already exists");
    name = free_name(name, [&](const std::string& n) { return store.child(parent, n) != nullptr; });
  }
  if (body.contains("folder")) return store.create(parent, name, true, call.caller.oid);
  Arrived nothing{store.incoming("empty-" + call.exchange.request_id), 0,
                  QuickXor().base64_digest()};
  std::ofstream(nothing.file).flush();
  Item& item = store.create(parent, name, false, call.caller.oid);
  store.add_version(item, nothing, call.caller.oid);
  return item;
}

}  // namespace

Reply list_children(GraphCall& call) {
  const auto lock = call.store().lock();
  const Drive& drive = find_drive(call);
  Item& folder = find_item(call);
  if (!folder.folder) throw bad_request("The item is not a folder");
  std::vector<Item*> items = call.store().children(folder);
  order_items(call, items);
  return json_reply(
      call.exchange, 200,
      items_page(call, items, call.context("drives('" + percent_encode(drive.id) + "')/items")));
}

Reply create_child(GraphCall& call) {
  if (!call.header("Content-Type").starts_with("application/json")) {
    throw Refusal(415, "notSupported", "Only JSON is accepted here");
  }
  const Json body = read_json(call.exchange);
  const auto lock = call.store().lock();
  const Drive& drive = find_drive(call);
  Item& parent = find_item(call);
  if (!parent.folder) throw bad_request("The item is not a folder");
  const std::string name = body.value("name", "");
  check_name(call.exchange, call.store(), parent, name);
  if (body.contains("folder") == body.contains("file")) {
    throw bad_request("Exactly one of folder and file is needed");
  }
  Item& item = make_child(call, parent, body, name);
  return json_reply(call.exchange, 201, item_json(call.exchange, item, item_view(call, drive)));
}

}  // namespace kerros::sandbox
