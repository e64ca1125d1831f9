#include "tools/sandbox/server_path.h"

#include "tools/sandbox/encoding.h"
#include "tools/sandbox/names.h"
#include "tools/sandbox/query.h"
#include "tools/sandbox/refusal.h"

namespace kerros::sandbox {
namespace {

bool begins_with_folder(const std::string& folded, const std::string& folder) {
  return folded.starts_with(folder) &&
         (folded.size() == folder.size() || folded[folder.size()] == '/');
}

// The library that the path lies in: the longest one, as sites lie within sites.
const Drive* library_of(Store& store, std::string_view host, const std::string& folded) {
  const Drive* found = nullptr;
  for (const auto& [id, drive] : store.drives()) {
    if (drive.host != host || !begins_with_folder(folded, fold_name(library_path(drive)))) continue;
    if (found == nullptr || library_path(*found).size() < library_path(drive).size()) {
      found = &drive;
    }
  }
  return found;
}

}  // namespace

std::string library_path(const Drive& drive) {
  return drive.web_path + percent_decode(drive.documents_path).value_or("");
}

std::string server_path(Store& store, const Item& item) {
  const std::string below = store.path_of(item);
  return library_path(*store.drive(item.drive)) + (below == "/" ? "" : below);
}

ServerPlace find_server_path(Store& store, std::string_view host, std::string_view path) {
  if (path.ends_with('/')) path.remove_suffix(1);
  ServerPlace place;
  place.drive = library_of(store, host, fold_name(path));
  if (place.drive == nullptr) return place;
  place.item = store.item(place.drive->id, place.drive->root);
  path.remove_prefix(library_path(*place.drive).size());
  if (path.empty()) return place;
  for (const std::string& step : split(path.substr(1), '/')) {
    if (step.empty() || step == "." || step == "..") {
      throw bad_request("The path has an empty or upward step");
    }
    place.parent = place.item != nullptr && place.item->folder ? place.item : nullptr;
    place.item = place.parent == nullptr ? nullptr : store.child(*place.parent, step);
    place.name = step;
  }
  return place;
}

ServerPlace find_url_path(Store& store, std::string_view host, std::string_view raw_path) {
  const auto path = percent_decode(raw_path);
  if (!path || path->find('\0') != std::string::npos) {
    throw bad_request("The path has a malformed percent-encoding");
  }
  return find_server_path(store, host, *path);
}

}  // namespace kerros::sandbox
