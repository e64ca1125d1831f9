#include "tools/sandbox/item_json.h"

#include <algorithm>

#include "tools/sandbox/digest.h"
#include "tools/sandbox/names.h"

namespace kerros::sandbox {
namespace {

std::optional<nlohmann::json> item_switch(Exchange& exchange, const Item& item,
                                          std::string_view name) {
  return exchange.cloud.switches.take(name, exchange.head, item.name, item.id);
}

Json size_of(Exchange& exchange, const Item& item, std::uint64_t size) {
  if (const auto wrong = item_switch(exchange, item, "wrong.size")) {
    size = wrong->is_number() ? wrong->get<std::uint64_t>() : size + 1;
  }
  if (item_switch(exchange, item, "size.string")) return std::to_string(size);
  return size;
}

Json hashes_of(Exchange& exchange, const Item& item) {
  std::string hash = item.current().hash;
  if (const auto wrong = item_switch(exchange, item, "wrong.hash")) {
    hash = wrong->is_string() ? wrong->get<std::string>() : QuickXor().base64_digest();
  }
  Json hashes = {{"quickXorHash", hash}};
  if (item_switch(exchange, item, "hash.sha1")) {
    const FileDigests digests = digest_file(exchange.cloud.store.blob(item.current()));
    hashes["sha1Hash"] = digests.sha1;
    hashes["sha256Hash"] = digests.sha256;
    hashes["crc32Hash"] = digests.crc32;
  }
  return hashes;
}

Json parent_reference(Exchange& exchange, const Drive& drive, const Item& item) {
  Json out = {{"driveType", drive.type}, {"driveId", drive.id}};
  Item* parent = item.parent.empty() ? nullptr : exchange.cloud.store.item(item.drive, item.parent);
  if (parent != nullptr) {
    out["id"] = parent->id;
    out["name"] = parent->name;
    const std::string path = exchange.cloud.store.path_of(*parent);
    out["path"] =
        "/drives/" + drive.id + "/root:" + (path == "/" ? "" : percent_encode(path, "/!"));
  }
  out["siteId"] = drive.site;
  return out;
}

// item.sparse: true leaves out everything that may be missing, a list only what it names.
void thin_out(Json& out, const nlohmann::json& what) {
  const auto wanted = [&](const char* key) {
    return !what.is_array() || std::find(what.begin(), what.end(), key) != what.end();
  };
  if (wanted("hashes") && out.contains("file")) out["file"].erase("hashes");
  if (wanted("mimeType") && out.contains("file")) out["file"].erase("mimeType");
  if (wanted("cTag")) out.erase("cTag");
  if (wanted("downloadUrl")) {
    out.erase("@microsoft.graph.downloadUrl");
    out.erase("@content.downloadUrl");
  }
}

// What was deleted still counts until it is gone for good.
Json quota_json(const Store& store, const Drive& drive) {
  constexpr std::uint64_t kTotal = 1ULL << 40;
  std::uint64_t used = 0;
  std::uint64_t deleted = 0;
  for (const auto& [id, item] : store.items()) {
    if (item.drive != drive.id) continue;
    for (const Version& version : item.versions) (item.deleted ? deleted : used) += version.size;
  }
  return {{"deleted", deleted},
          {"remaining", kTotal - used - deleted},
          {"state", "normal"},
          {"total", kTotal},
          {"used", used}};
}

void add_facets(Exchange& exchange, Item& item, Json& out) {
  if (item.parent.empty()) out["root"] = Json::object();
  if (item.folder) {
    out["folder"] = {{"childCount", exchange.cloud.store.children(item).size()}};
  } else {
    out["file"] = {{"mimeType", mime_type_of(item.name)}, {"hashes", hashes_of(exchange, item)}};
  }
  const auto given = [](const std::string& text, std::int64_t own) {
    return text.empty() ? iso_time(own) : text;
  };
  out["fileSystemInfo"] = {{"createdDateTime", given(item.given_created, item.created)},
                           {"lastModifiedDateTime", given(item.given_modified, item.modified)}};
  out["shared"] = {{"scope", "users"}};
  if (item.checked_out_by.empty()) return;
  out["publication"] = {{"level", "checkout"},
                        {"versionId", item.current().label},
                        {"checkedOutBy", identity(exchange.cloud, item.checked_out_by)}};
}

}  // namespace

std::string graph_authority(const Exchange& exchange) {
  return exchange.head.host + port_suffix(exchange.cloud, exchange.cloud.ports.graph);
}

std::string tenant_authority(const Exchange& exchange, const Drive& drive) {
  const std::string& asked = exchange.head.host;
  std::string host = drive.host;
  if (asked == "localhost" || asked == "127.0.0.1") host = asked;
  if (asked == "graph.test" || asked == "tenant.test") host = "tenant.test";
  return host + port_suffix(exchange.cloud, exchange.cloud.ports.tenant);
}

Json identity(Services& cloud, const std::string& oid) {
  if (const User* user = cloud.store.user_by_oid(oid)) {
    return {{"user", {{"email", user->upn}, {"id", user->oid}, {"displayName", user->name}}}};
  }
  return {{"application", {{"id", oid}, {"displayName", "SharePoint App"}}}};
}

std::string web_url(Exchange& exchange, const Item& item) {
  const Drive& drive = *exchange.cloud.store.drive(item.drive);
  const std::string path = exchange.cloud.store.path_of(item);
  return "https://" + tenant_authority(exchange, drive) + drive.web_path + drive.documents_path +
         (path == "/" ? "" : percent_encode(path, "/"));
}

std::string download_url(Exchange& exchange, const Item& item, const std::string& version) {
  constexpr std::int64_t kLifetime = 3600;
  const Drive& drive = *exchange.cloud.store.drive(item.drive);
  nlohmann::json payload = {{"use", "download"}, {"d", item.drive}, {"i", item.id}};
  if (!version.empty()) payload["v"] = version;
  return "https://" + tenant_authority(exchange, drive) + drive.web_path +
         "/_layouts/15/download.aspx?UniqueId=" + lower_ascii(item.guid) +
         "&Translate=false&tempauth=" + exchange.cloud.tokens.tempauth(payload, kLifetime) +
         "&ApiVersion=2.0";
}

Json item_json(Exchange& exchange, Item& item, const ItemView& view) {
  Services& cloud = exchange.cloud;
  const Drive& drive = *cloud.store.drive(item.drive);
  Json out = Json::object();
  if (!view.context.empty()) out["@odata.context"] = view.context;
  if (!item.folder) {
    out[view.door == Door::kGraph ? "@microsoft.graph.downloadUrl" : "@content.downloadUrl"] =
        download_url(exchange, item, "");
  }
  out["createdDateTime"] = iso_time(item.created);
  out["eTag"] = item.etag_text();
  out["id"] = item.id;
  out["lastModifiedDateTime"] = iso_time(item.modified);
  out["name"] = item.name;
  out["webUrl"] = web_url(exchange, item);
  if (!item.folder) out["cTag"] = item.ctag_text();
  out["size"] = size_of(exchange, item, cloud.store.size_of(item));
  out["createdBy"] = identity(cloud, item.created_by);
  out["lastModifiedBy"] = identity(cloud, item.modified_by);
  out["parentReference"] = parent_reference(exchange, drive, item);
  add_facets(exchange, item, out);
  if (const auto what = item_switch(exchange, item, "item.sparse")) thin_out(out, *what);
  return out;
}

Json selected(const Json& item, const std::vector<std::string>& names) {
  if (names.empty()) return item;
  Json out = Json::object();
  for (const auto& [key, value] : item.items()) {
    const bool named = std::any_of(names.begin(), names.end(), [&](const std::string& name) {
      return name == key || name == "*" || "@" + name == key ||
             (name == "content.downloadUrl" && key.ends_with(".downloadUrl"));
    });
    if (named || key == "@odata.context") out[key] = value;
  }
  return out;
}

Json drive_json(Exchange& exchange, const Drive& drive) {
  Services& cloud = exchange.cloud;
  Json out = {{"id", drive.id}, {"driveType", drive.type}, {"name", drive.name}};
  out["webUrl"] =
      "https://" + tenant_authority(exchange, drive) + drive.web_path + drive.documents_path;
  out["owner"] = drive.owner.empty() ? Json{{"group", {{"displayName", "Contoso"}}}}
                                     : identity(cloud, drive.owner);
  out["quota"] = quota_json(cloud.store, drive);
  out["sharePointIds"] = {{"siteId", drive.site}};
  return out;
}

Json version_json(Exchange& exchange, const Version& version) {
  return {{"id", version.label},
          {"lastModifiedDateTime", iso_time(version.modified)},
          {"size", version.size},
          {"lastModifiedBy", identity(exchange.cloud, version.by)}};
}

}  // namespace kerros::sandbox
