#include "tools/sandbox/places.h"

#include <algorithm>
#include <array>

#include "tools/sandbox/ids.h"
#include "tools/sandbox/names.h"
#include "tools/sandbox/server_path.h"

namespace kerros::sandbox {
namespace {

Item& folder_below(Store& store, Item& parent, const std::string& name, const std::string& by) {
  Item* found = store.child(parent, name);
  return found != nullptr ? *found : store.create(parent, name, true, by);
}

std::string kind_letter(const Item& item) {
  if (item.folder) return "f";
  const std::string extension = extension_of(item.name);
  if (extension.starts_with("doc")) return "w";
  if (extension.starts_with("xls")) return "x";
  if (extension.starts_with("ppt")) return "p";
  return extension == "pdf" ? "b" : "u";
}

// The last step of the URL that a token stands for.
std::string last_step(std::string url) {
  url = url.substr(0, url.find('?'));
  return url.substr(url.rfind('/') + 1);
}

// Not a sharing link but the item's own address on its host.
Item* item_by_url(const GraphCall& call, std::string_view url) {
  constexpr std::string_view kScheme = "https://";
  if (!url.starts_with(kScheme)) return nullptr;
  url.remove_prefix(kScheme.size());
  url = url.substr(0, url.find('?'));
  const std::string_view authority = url.substr(0, url.find('/'));
  url.remove_prefix(authority.size());
  return find_url_path(call.store(), authority.substr(0, authority.find(':')), url).item;
}

}  // namespace

std::string group_id() { return guid_from("group contoso"); }

std::string list_id(const Drive& drive) { return guid_from("list " + drive.id); }

const Drive* drive_of_site(const GraphCall& call) {
  const GraphTarget& target = call.target;
  const auto& drives = call.store().drives();
  if (!target.site_by_path) {
    const Drive& shared = call.store().shared_drive();
    if (target.site == "root" || target.site == shared.host) return &shared;
  }
  const auto found = std::find_if(drives.begin(), drives.end(), [&](const auto& entry) {
    const Drive& drive = entry.second;
    if (!target.site_by_path) return drive.site == target.site;
    const bool named = !target.site.ends_with(".sharepoint.com") || target.site == drive.host;
    return named && fold_name(drive.web_path) == fold_name(target.site_path);
  });
  return found == drives.end() ? nullptr : &found->second;
}

Item* shared_item(const GraphCall& call) {
  const std::string& token = call.target.share;
  const auto url = token.starts_with("u!") ? from_base64url(token.substr(2)) : std::nullopt;
  if (!url) return nullptr;
  const std::string step = last_step(*url);
  if (Item* named = item_by_url(call, *url)) return named;
  for (const auto& [id, item] : call.store().items()) {
    if (item.deleted) continue;
    Item* live = call.store().item(item.drive, id);
    for (const Permission& p : item.permissions) {
      if (!p.link.empty() && p.link == step) return live;
    }
  }
  return nullptr;
}

Item& special_folder(const GraphCall& call, const Drive& drive) {
  static constexpr std::array<std::pair<const char*, const char*>, 5> kFolders = {{
      {"documents", "Documents"},
      {"photos", "Pictures"},
      {"cameraroll", "Camera Roll"},
      {"music", "Music"},
      {"approot", "Apps"},
  }};
  const std::string wanted = lower_ascii(call.target.special);
  const auto found = std::find_if(kFolders.begin(), kFolders.end(),
                                  [&](const auto& entry) { return wanted == entry.first; });
  if (found == kFolders.end()) throw item_not_found();
  Store& store = call.store();
  Item& folder =
      folder_below(store, *store.item(drive.id, drive.root), found->second, call.caller.oid);
  if (wanted != "approot") return folder;
  return folder_below(store, folder, "Contoso App", call.caller.oid);
}

// A channel is named by its name, or by "19:name@thread.tacv2".
Item& channel_folder(const GraphCall& call, const Drive& drive) {
  std::string name = call.target.channel;
  if (name.starts_with("19:")) name = name.substr(3, name.find('@') - 3);
  if (name.empty()) throw item_not_found();
  if (equal_ignoring_case(name, "general")) name = "General";
  Store& store = call.store();
  return folder_below(store, *store.item(drive.id, drive.root), name, call.caller.oid);
}

bool was_invited(const GraphCall& call, const Item& item) {
  for (const Item* at = &item; at != nullptr; at = call.store().item(at->drive, at->parent)) {
    for (const Permission& p : at->permissions) {
      if (p.user == call.caller.oid && !p.user.empty()) return true;
    }
  }
  return false;
}

std::string sharing_url(const GraphCall& call, const Item& item, const Permission& permission) {
  const Drive& drive = *call.store().drive(item.drive);
  return "https://" + tenant_authority(call.exchange, drive) + "/:" + kind_letter(item) + ":/s" +
         (drive.web_path.empty() ? "/root" : drive.web_path) + "/" + permission.link +
         "?e=" + permission.id.substr(0, 6);
}

std::string share_token(const std::string& url) { return "u!" + base64url(url); }

}  // namespace kerros::sandbox
