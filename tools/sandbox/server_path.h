// Server-relative paths: how everything but the drive API names an item at the tenant hosts.
//
//   /personal/aino_contoso_test/Documents/A/b.txt: site, library, path in the drive
//
// Thread safety: call under the store's lock; results live under it.
#pragma once

#include <string>
#include <string_view>

#include "tools/sandbox/store.h"

namespace kerros::sandbox {

struct ServerPlace {
  const Drive* drive = nullptr;  // null: no library is there
  Item* item = nullptr;          // null: nothing of that name
  Item* parent = nullptr;        // the folder it is or would be in; null for roots, or no folder
  std::string name;              // the last step
};

// `path` is decoded. Throws Refusal 400 for empty steps and steps upwards.
ServerPlace find_server_path(Store& store, std::string_view host, std::string_view path);
// The same for a path as it stands in a URL, decoded here, once.
ServerPlace find_url_path(Store& store, std::string_view host, std::string_view raw_path);

std::string library_path(const Drive& drive);             // decoded, of its root
std::string server_path(Store& store, const Item& item);  // decoded

}  // namespace kerros::sandbox
