// What is there before anyone has done anything: users, their drives, the shared library.
#include <algorithm>
#include <fstream>

#include "tools/sandbox/encoding.h"
#include "tools/sandbox/ids.h"
#include "tools/sandbox/store.h"

namespace kerros::sandbox {
namespace {

std::string display_name(const std::string& upn) {
  std::string name = upn.substr(0, upn.find('@'));
  if (!name.empty() && name[0] >= 'a' && name[0] <= 'z') {
    name[0] = static_cast<char>(name[0] - 'a' + 'A');
  }
  return name;
}

std::string personal_path(const std::string& upn) {
  std::string path = upn;
  std::replace(path.begin(), path.end(), '@', '_');
  std::replace(path.begin(), path.end(), '.', '_');
  return "/personal/" + path;
}

std::string site_id(const std::string& host, const std::string& path) {
  return host + "," + guid_from("site " + host + path) + "," + guid_from("web " + host + path);
}

}  // namespace

void Store::found_drives(const std::vector<std::string>& users) {
  constexpr const char* kHost = "contoso.sharepoint.com";
  constexpr const char* kPersonalHost = "contoso-my.sharepoint.com";
  Drive shared{.id = drive_id_from("shared"),
               .type = "documentLibrary",
               .name = "Documents",
               .owner = "",
               .host = kHost,
               .web_path = "",
               .documents_path = "/Shared%20Documents",
               .site = site_id(kHost, ""),
               .root = ""};
  shared_drive_ = shared.id;
  add_drive(std::move(shared));
  for (const std::string& upn : users) {
    if (user_by_upn(upn) != nullptr) continue;
    const std::string path = personal_path(upn);
    Drive personal{.id = drive_id_from("personal " + upn),
                   .type = "business",
                   .name = "OneDrive",
                   .owner = guid_from("user " + upn),
                   .host = kPersonalHost,
                   .web_path = path,
                   .documents_path = "/Documents",
                   .site = site_id(kPersonalHost, path),
                   .root = ""};
    users_.push_back({personal.owner, upn, display_name(upn), personal.id});
    add_drive(std::move(personal));
  }
}

void Store::add_drive(Drive drive) {
  drive.root = item_id_from("root " + drive.id);
  if (!items_.contains(drive.root)) {
    Item root;
    root.id = drive.root;
    root.drive = drive.id;
    root.name = "root";
    root.folder = true;
    root.guid = guid_from("root guid " + drive.id);
    root.created = root.modified = clock_.now_ms();
    root.created_by = root.modified_by = drive.owner;
    persist(items_.emplace(root.id, root).first->second);
  }
  drives_.emplace(drive.id, std::move(drive));
}

// SharePoint writes properties into documents after they were stored: size and hash change, the
// version does not.
void Store::enrich(Item& item) {
  if (item.versions.empty()) return;
  Version& version = item.versions.back();
  std::ofstream(blob(version), std::ios::binary | std::ios::app) << "<promoted/>";
  refresh(item);
  touch(item);
}

void Store::refresh(Item& item) {
  const QuickXor hash = quickxor_file(blob(item.versions.back()));
  item.versions.back().size = hash.length();
  item.versions.back().hash = hash.base64_digest();
}

}  // namespace kerros::sandbox
