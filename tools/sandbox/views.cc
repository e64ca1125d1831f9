#include "tools/sandbox/views.h"

#include <algorithm>

#include "tools/sandbox/expand.h"
#include "tools/sandbox/names.h"
#include "tools/sandbox/paging.h"
#include "tools/sandbox/places.h"

namespace kerros::sandbox {
namespace {

// What was expanded need not be selected as well.
Json thinned(const Json& out, const Query& query, const std::vector<Expansion>& expansions) {
  std::vector<std::string> names = query.list("select");
  if (names.empty()) return out;
  for (const Expansion& each : expansions) names.push_back(each.name);
  return selected(out, names);
}

Refusal cannot_expand(const std::string& name) {
  return {400, "invalidRequest", "Could not expand '" + name + "'", "invalidQueryOption"};
}

std::string content_type_of(const Item& item) { return item.folder ? "Folder" : "Document"; }

}  // namespace

Json children_json(GraphCall& call, Item& item, const Query& query) {
  Json out = Json::array();
  for (Item* child : call.store().children(item)) out.push_back(viewed_item(call, *child, query));
  return out;
}

Json versions_json(GraphCall& call, const Item& item) {
  Json out = Json::array();
  for (auto at = item.versions.rbegin(); at != item.versions.rend(); ++at) {
    out.push_back(version_json(call.exchange, *at));
  }
  return out;
}

Json permission_json(GraphCall& call, const Item& item, const Permission& permission) {
  Json out = {{"id", permission.id}, {"roles", Json::array({permission.role})}};
  if (permission.link.empty()) {
    out["grantedToV2"] = identity(call.exchange.cloud, permission.user);
    return out;
  }
  const std::string url = sharing_url(call, item, permission);
  out["shareId"] = share_token(url);
  out["hasPassword"] = false;
  out["link"] = {{"scope", permission.scope},
                 {"type", permission.role == "write" ? "edit" : "view"},
                 {"webUrl", url},
                 {"preventsDownload", false}};
  return out;
}

Json permissions_json(GraphCall& call, const Item& item) {
  Json out = Json::array();
  for (const Permission& each : item.permissions) out.push_back(permission_json(call, item, each));
  return out;
}

Json viewed_item(GraphCall& call, Item& item, const Query& query, const std::string& context) {
  Json out = item_json(call.exchange, item, {Door::kGraph, context});
  const std::vector<Expansion> expansions = expansions_of(query);
  for (const Expansion& each : expansions) {
    if (each.name == "children") {
      if (item.folder) out["children"] = children_json(call, item, each.options);
    } else if (each.name == "thumbnails") {
      out["thumbnails"] = thumbnails_json(call, item);
    } else if (each.name == "listItem") {
      out["listItem"] = viewed_list_item(call, item, each.options);
    } else if (each.name == "versions") {
      out["versions"] = versions_json(call, item);
    } else if (each.name == "permissions") {
      out["permissions"] = permissions_json(call, item);
    } else {
      throw cannot_expand(each.name);
    }
  }
  return thinned(out, query, expansions);
}

Json fields_json(GraphCall& call, Item& item, const Query& query) {
  const std::string size = std::to_string(call.store().size_of(item));
  Json out = {{"@odata.etag", item.etag_text()},
              {"FileLeafRef", item.name},
              {"LinkFilename", item.name},
              {"id", std::to_string(item.number)},
              {"ContentType", content_type_of(item)},
              {"Created", iso_time(item.created)},
              {"Modified", iso_time(item.modified)},
              {"_UIVersionString", item.versions.empty() ? "1.0" : item.current().label}};
  if (!item.folder) {
    out["DocIcon"] = extension_of(item.name);
    out["FileSizeDisplay"] = size;
    out["File_x0020_Size"] = size;
  } else {
    out["FolderChildCount"] = std::to_string(call.store().children(item).size());
  }
  return selected(out, query.list("select"));
}

Json viewed_list_item(GraphCall& call, Item& item, const Query& query) {
  const Drive& drive = *call.store().drive(item.drive);
  Services& cloud = call.exchange.cloud;
  Json out = {{"@odata.etag", item.etag_text()},
              {"createdDateTime", iso_time(item.created)},
              {"eTag", item.etag_text()},
              {"id", std::to_string(item.number)},
              {"lastModifiedDateTime", iso_time(item.modified)},
              {"webUrl", web_url(call.exchange, item)},
              {"createdBy", identity(cloud, item.created_by)},
              {"lastModifiedBy", identity(cloud, item.modified_by)},
              {"parentReference", {{"id", list_id(drive)}, {"siteId", drive.site}}},
              {"contentType",
               {{"id", item.folder ? "0x0120" : "0x0101"}, {"name", content_type_of(item)}}}};
  const std::vector<Expansion> expansions = expansions_of(query);
  for (const Expansion& each : expansions) {
    if (each.name == "fields") {
      out["fields"] = fields_json(call, item, each.options);
    } else if (each.name == "driveItem") {
      out["driveItem"] = viewed_item(call, item, each.options);
    } else if (each.name != "versions") {
      throw cannot_expand(each.name);
    }
  }
  return thinned(out, query, expansions);
}

void order_items(const GraphCall& call, std::vector<Item*>& items) {
  const std::string by = call.target.query.find("orderby").value_or("name");
  const bool down = by.ends_with(" desc") || by.ends_with("+desc");
  Store& store = call.store();
  const auto key = [&](const Item* item) {
    if (by.starts_with("size")) return static_cast<std::int64_t>(store.size_of(*item));
    return by.starts_with("lastModifiedDateTime") ? item->modified : 0;
  };
  std::sort(items.begin(), items.end(), [&](const Item* a, const Item* b) {
    return std::pair(key(a), fold_name(a->name)) < std::pair(key(b), fold_name(b->name));
  });
  if (down) std::reverse(items.begin(), items.end());
}

Json items_page(GraphCall& call, const std::vector<Item*>& items, const std::string& context) {
  const Page page = page_of(call, items.size());
  Json value = Json::array();
  for (std::uint64_t i = page.start; i < page.end; ++i) {
    value.push_back(viewed_item(call, *items[i], call.target.query));
  }
  return list_json(context, page, std::move(value));
}

Reply item_reply(GraphCall& call, Item& item, unsigned status) {
  const std::string context =
      call.context("drives('" + percent_encode(item.drive) + "')/items/$entity");
  Reply reply =
      json_reply(call.exchange, status, viewed_item(call, item, call.target.query, context));
  reply.set("ETag", item.etag_text());
  return reply;
}

}  // namespace kerros::sandbox
