// Items gathered from elsewhere: recent, shared with me, followed, special.
#include <algorithm>

#include "tools/sandbox/graph_handlers.h"
#include "tools/sandbox/paging.h"
#include "tools/sandbox/views.h"

namespace kerros::sandbox {
namespace {

template <class Wanted>
std::vector<Item*> every_item(GraphCall& call, const Wanted& wanted) {
  std::vector<Item*> out;
  for (const auto& [id, item] : call.store().items()) {
    if (!item.deleted && wanted(item)) out.push_back(call.store().item(item.drive, id));
  }
  std::sort(out.begin(), out.end(), [](const Item* a, const Item* b) {
    return std::pair(a->modified, a->change) > std::pair(b->modified, b->change);
  });
  return out;
}

// A pointer to an item in somebody else's drive: little of its own, the rest in remoteItem.
Json remote_json(GraphCall& call, Item& item) {
  const Json whole = item_json(call.exchange, item, {});
  Json remote = selected(
      whole, {"id", "name", "size", "webUrl", "createdBy", "createdDateTime", "file", "folder",
              "fileSystemInfo", "lastModifiedBy", "lastModifiedDateTime", "parentReference"});
  remote["webDavUrl"] = whole["webUrl"];
  remote["shared"] = {{"scope", "users"},
                      {"sharedDateTime", iso_time(item.modified)},
                      {"owner", identity(call.exchange.cloud, item.created_by)}};
  return {{"@odata.type", "#microsoft.graph.driveItem"},
          {"createdDateTime", whole["createdDateTime"]},
          {"id", item.id},
          {"lastModifiedDateTime", whole["lastModifiedDateTime"]},
          {"name", item.name},
          {"webUrl", whole["webUrl"]},
          {"size", whole["size"]},
          {"remoteItem", remote}};
}

Reply remote_page(GraphCall& call, const std::vector<Item*>& items) {
  const Page page = page_of(call, items.size());
  Json value = Json::array();
  for (std::uint64_t i = page.start; i < page.end; ++i) {
    value.push_back(selected(remote_json(call, *items[i]), call.target.query.list("select")));
  }
  return json_reply(call.exchange, 200,
                    list_json(call.context("Collection(driveItem)"), page, std::move(value)));
}

}  // namespace

Reply list_recent(GraphCall& call) {
  const auto lock = call.store().lock();
  const Drive& drive = find_drive(call);
  const auto items = every_item(call, [&](const Item& item) {
    return item.drive == drive.id && !item.folder && item.modified_by == call.caller.oid;
  });
  return remote_page(call, items);
}

Reply list_shared_with_me(GraphCall& call) {
  const auto lock = call.store().lock();
  find_drive(call);
  const auto items = every_item(call, [&](const Item& item) {
    return std::any_of(item.permissions.begin(), item.permissions.end(),
                       [&](const Permission& p) { return p.user == call.caller.oid; });
  });
  return remote_page(call, items);
}

Reply list_following(GraphCall& call) {
  const auto lock = call.store().lock();
  find_drive(call);
  const auto items = every_item(call, [&](const Item& item) {
    return std::find(item.followers.begin(), item.followers.end(), call.caller.oid) !=
           item.followers.end();
  });
  return json_reply(call.exchange, 200,
                    items_page(call, items, call.context("Collection(driveItem)")));
}

Reply list_special(GraphCall& call) {
  const auto lock = call.store().lock();
  find_drive(call);
  std::vector<Item*> items;
  for (const char* name : {"documents", "photos"}) {
    GraphCall one = call;
    one.target.subject = Subject::kItem;
    one.target.special = name;
    items.push_back(&find_item(one));
  }
  return json_reply(call.exchange, 200,
                    items_page(call, items, call.context("Collection(driveItem)")));
}

// There are no bundles in business drives.
Reply list_bundles(GraphCall& call) {
  const auto lock = call.store().lock();
  find_drive(call);
  return json_reply(call.exchange, 200,
                    items_page(call, {}, call.context("Collection(driveItem)")));
}

}  // namespace kerros::sandbox
