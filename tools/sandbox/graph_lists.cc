// The library as a list: its items are the drive's, told in fields.
#include <algorithm>

#include "tools/sandbox/graph_handlers.h"
#include "tools/sandbox/paging.h"
#include "tools/sandbox/places.h"
#include "tools/sandbox/views.h"

namespace kerros::sandbox {
namespace {

Json list_of(GraphCall& call, const Drive& drive) {
  return {{"id", list_id(drive)},
          {"name", percent_decode(drive.documents_path).value_or("").substr(1)},
          {"displayName", drive.name},
          {"webUrl", "https://" + tenant_authority(call.exchange, drive) + drive.web_path +
                         drive.documents_path},
          {"parentReference", {{"siteId", drive.site}}},
          {"list",
           {{"contentTypesEnabled", true}, {"hidden", false}, {"template", "documentLibrary"}}}};
}

Json with_context(const GraphCall& call, const std::string& what, Json value) {
  Json out = {{"@odata.context", call.context(what)}};
  out.update(value);
  return out;
}

}  // namespace

Reply list_lists(GraphCall& call) {
  const auto lock = call.store().lock();
  const Drive& drive = find_drive(call);
  return json_reply(
      call.exchange, 200,
      {{"@odata.context", call.context("lists")}, {"value", Json::array({list_of(call, drive)})}});
}

Reply get_list(GraphCall& call) {
  const auto lock = call.store().lock();
  const Drive& drive = find_drive(call);
  return json_reply(call.exchange, 200, with_context(call, "lists/$entity", list_of(call, drive)));
}

Reply list_list_items(GraphCall& call) {
  const auto lock = call.store().lock();
  const Drive& drive = find_drive(call);
  std::vector<Item*> items = call.store().changes_since(drive.id, 0);
  std::erase_if(items, [](const Item* item) { return item->deleted || item->parent.empty(); });
  std::sort(items.begin(), items.end(),
            [](const Item* a, const Item* b) { return a->number < b->number; });
  const Page page = page_of(call, items.size());
  Json value = Json::array();
  for (std::uint64_t i = page.start; i < page.end; ++i) {
    value.push_back(viewed_list_item(call, *items[i], call.target.query));
  }
  return json_reply(call.exchange, 200,
                    list_json(call.context("Collection(listItem)"), page, std::move(value)));
}

Reply get_list_item(GraphCall& call) {
  const auto lock = call.store().lock();
  Item& item = find_item(call);
  return json_reply(
      call.exchange, 200,
      with_context(call, "listItems/$entity", viewed_list_item(call, item, call.target.query)));
}

Reply get_fields(GraphCall& call) {
  const auto lock = call.store().lock();
  Item& item = find_item(call);
  return json_reply(
      call.exchange, 200,
      with_context(call, "fields/$entity", fields_json(call, item, call.target.query)));
}

Reply patch_fields(GraphCall& call) {
  const Json body = read_json(call.exchange);
  const auto lock = call.store().lock();
  Item& item = find_item(call);
  check_conditions(item, call.header("If-Match"), call.header("If-None-Match"));
  check_unlocked(item, call.caller.oid);
  if (body.contains("FileLeafRef") && !item.parent.empty()) {
    const std::string name = body["FileLeafRef"].get<std::string>();
    const Item& parent = *call.store().item(item.drive, item.parent);
    check_name(call.exchange, call.store(), parent, name);
    const Item* taken = call.store().child(parent, name);
    if (taken != nullptr && taken != &item) throw name_exists("Name already exists");
    call.store().relocate(item, parent, name);
  }
  item.modified_by = call.caller.oid;
  call.store().touch(item);
  return json_reply(call.exchange, 200,
                    with_context(call, "fields/$entity", fields_json(call, item, {})));
}

Reply list_list_item_versions(GraphCall& call) {
  const auto lock = call.store().lock();
  Item& item = find_item(call);
  const Json fields = fields_json(call, item, {});
  Json value = Json::array();
  for (auto at = item.versions.rbegin(); at != item.versions.rend(); ++at) {
    Json each = fields;
    each["FileSizeDisplay"] = each["File_x0020_Size"] = std::to_string(at->size);
    each["_UIVersionString"] = at->label;
    value.push_back({{"id", at->label},
                     {"lastModifiedDateTime", iso_time(at->modified)},
                     {"lastModifiedBy", identity(call.exchange.cloud, at->by)},
                     {"published", true},
                     {"fields", each}});
  }
  return json_reply(call.exchange, 200,
                    {{"@odata.context", call.context("versions")}, {"value", value}});
}

}  // namespace kerros::sandbox
