// POST {item}/copy: accepted at once, done at once, and reported as if it took its time.
//
// Switches here: copy.failed (its value is the error code), copy.polls (how often "in progress").
#include "tools/sandbox/graph_handlers.h"
#include "tools/sandbox/names.h"
#include "tools/sandbox/places.h"

namespace kerros::sandbox {
namespace {

struct Wish {
  Item* parent = nullptr;
  std::string name;
  std::string conflict;
  bool children_only = false;
  bool all_versions = false;
};

Item& destination(GraphCall& call, const Json& body, const Item& item) {
  const Json reference = body.value("parentReference", Json::object());
  GraphCall there = call;
  there.target.subject = Subject::kItem;
  there.target.share.clear();
  there.target.list.clear();
  there.target.list_item.clear();
  there.target.special.clear();
  there.target.channel.clear();
  there.target.steps.clear();
  there.target.drive = reference.value("driveId", item.drive);
  there.target.item = reference.value("id", item.drive == there.target.drive && !item.parent.empty()
                                                ? item.parent
                                                : std::string("root"));
  if (!reference.contains("id") && reference.contains("path")) {
    there.target = parse_graph_target("/v1.0" + reference["path"].get<std::string>());
  }
  Item& folder = find_item(there);
  if (!folder.folder) throw bad_request("The destination is not a folder");
  return folder;
}

Wish read_wish(GraphCall& call, const Json& body, const Item& item) {
  Wish wish;
  wish.parent = &destination(call, body, item);
  wish.name = body.value("name", item.name);
  wish.conflict = call.target.query.conflict_behavior();
  for (const char* key : {"@microsoft.graph.conflictBehavior", "@name.conflictBehavior"}) {
    wish.conflict = lower_ascii(body.value(key, wish.conflict));
  }
  wish.children_only = body.value("childrenOnly", false);
  wish.all_versions = body.value("includeAllVersionHistory", false);
  if (wish.children_only && !item.folder) throw bad_request("The item has no children");
  check_name(call.exchange, call.store(), *wish.parent, wish.name);
  for (const Item* at = wish.parent; at != nullptr; at = call.store().item(at->drive, at->parent)) {
    if (at == &item) throw bad_request("A folder cannot be copied into itself");
  }
  return wish;
}

// Where the copy is; throws the Refusal that its monitor will report.
Item& copy_one(GraphCall& call, Item& item, const Wish& wish, std::string name) {
  Store& store = call.store();
  if (Item* taken = store.child(*wish.parent, name)) {
    if (wish.conflict == "rename" || taken == &item) {
      name = free_name(
          name, [&](const std::string& n) { return store.child(*wish.parent, n) != nullptr; });
    } else if (wish.conflict == "replace" && !taken->folder && !item.folder) {
      store.remove(*taken);
    } else {
      throw name_exists("Name already exists");
    }
  }
  return store.copy(item, *wish.parent, name, wish.all_versions, call.caller.oid);
}

Item& copy_as_wished(GraphCall& call, Item& item, const Wish& wish) {
  if (!wish.children_only) return copy_one(call, item, wish, wish.name);
  for (Item* child : call.store().children(item)) copy_one(call, *child, wish, child->name);
  return *wish.parent;
}

}  // namespace

Reply copy_item(GraphCall& call) {
  const Json body = read_json(call.exchange);
  const auto lock = call.store().lock();
  Item& item = find_item(call);
  if (item.parent.empty() && !body.value("childrenOnly", false)) {
    throw bad_request("The root cannot be copied");
  }
  const Wish wish = read_wish(call, body, item);
  Monitor monitor{"itemCopy", wish.parent->drive, {}, {}, 1, 0};
  if (const auto polls = call.exchange.switched("copy.polls")) {
    monitor.polls = polls->get<std::uint64_t>();
  }
  if (const auto code = call.exchange.switched("copy.failed")) {
    monitor.error = code->is_string() ? code->get<std::string>() : "generalException";
  } else {
    try {
      monitor.item = copy_as_wished(call, item, wish).id;
    } catch (const Refusal& refusal) {
      monitor.error = refusal.code;
    }
  }
  const Drive& drive = *call.store().drive(wish.parent->drive);
  Reply reply = empty_reply(202);
  add_request_ids(call.exchange, reply);
  reply.set("Location", "https://" + tenant_authority(call.exchange, drive) +
                            "/_api/v2.0/monitor/" +
                            call.exchange.cloud.monitors.add(std::move(monitor)));
  return reply;
}

}  // namespace kerros::sandbox
