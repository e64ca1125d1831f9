// The XML of WebDAV answers: properties and locks.
//
// Thread safety: call under the store's lock.
#pragma once

#include <string>
#include <vector>

#include "tools/sandbox/store.h"

namespace kerros::sandbox {

// A 207: name, kind, length, times and tag of each.
std::string multistatus(Store& store, const std::string& host, const std::vector<Item*>& items);
std::string lock_discovery(const std::string& token, const std::string& href);
// Of the item on its host, percent-encoded; folders end in a slash.
std::string href_of(Store& store, const std::string& host, const Item& item);

}  // namespace kerros::sandbox
