// What was deleted: brought back, or gone for good.
#include "tools/sandbox/graph_handlers.h"
#include "tools/sandbox/names.h"
#include "tools/sandbox/paging.h"
#include "tools/sandbox/views.h"

namespace kerros::sandbox {
namespace {

Item& find_recycled(const GraphCall& call) {
  const Drive& drive = find_drive(call);
  Item* item = call.store().recycled(drive.id, call.target.item);
  if (item == nullptr || !call.target.steps.empty()) throw item_not_found();
  return *item;
}

Reply done(GraphCall& call) {
  Reply reply = empty_reply(204);
  add_request_ids(call.exchange, reply);
  return reply;
}

}  // namespace

Reply restore_item(GraphCall& call) {
  const Json body = read_json(call.exchange);
  const auto lock = call.store().lock();
  Store& store = call.store();
  Item& item = find_recycled(call);
  const Json reference = body.value("parentReference", Json::object());
  Item* parent = store.item(item.drive, reference.value("id", item.parent));
  if (parent == nullptr || !parent->folder) throw item_not_found();
  std::string name = body.value("name", item.name);
  check_name(call.exchange, store, *parent, name);
  name = store.child(*parent, name) == nullptr ? name : free_name(name, [&](const std::string& n) {
    return store.child(*parent, n) != nullptr;
  });
  if (item.deleted_with != item.id) throw bad_request("Only what was deleted itself comes back");
  store.restore(item, *parent, name);
  return item_reply(call, item, 200);
}

Reply permanent_delete(GraphCall& call) {
  const auto lock = call.store().lock();
  const Drive& drive = find_drive(call);
  Item* item = call.store().recycled(drive.id, call.target.item);
  if (item == nullptr) item = &find_item(call);
  if (item->parent.empty()) throw access_denied();
  call.store().purge(*item);
  return done(call);
}

Reply list_recycle_bin(GraphCall& call) {
  const auto lock = call.store().lock();
  Store& store = call.store();
  const Drive& drive = find_drive(call);
  std::vector<const Item*> items;
  for (const auto& [id, item] : store.items()) {
    if (item.drive == drive.id && item.deleted && !item.purged && item.deleted_with == id) {
      items.push_back(&item);
    }
  }
  const Page page = page_of(call, items.size());
  Json value = Json::array();
  for (std::uint64_t i = page.start; i < page.end; ++i) {
    const Item& item = *items[i];
    value.push_back({{"id", item.id},
                     {"name", item.name},
                     {"title", item.name},
                     {"size", item.versions.empty() ? 0 : item.current().size},
                     {"deletedDateTime", iso_time(item.deleted_at)},
                     {"deletedFromLocation", drive.documents_path}});
  }
  return json_reply(call.exchange, 200,
                    list_json(call.context("recycleBin/items"), page, std::move(value)));
}

}  // namespace kerros::sandbox
