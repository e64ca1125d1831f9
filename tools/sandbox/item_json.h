// driveItem and its relatives as JSON, in the service's key order.
//
// Switches here: wrong.size, wrong.hash, item.sparse, hash.sha1, size.string.
// Thread safety: call under the store's lock.
#pragma once

#include <string>

#include "tools/sandbox/exchange.h"
#include "tools/sandbox/query.h"

namespace kerros::sandbox {

enum class Door { kGraph, kTenant };  // the tenant's annotations have other names

struct ItemView {
  Door door = Door::kGraph;
  std::string context;  // for @odata.context; empty: none
};

Json item_json(Exchange& exchange, Item& item, const ItemView& view);
// Only what $select names, plus the context.
Json selected(const Json& item, const std::vector<std::string>& names);
Json drive_json(Exchange& exchange, const Drive& drive);
Json version_json(Exchange& exchange, const Version& version);

// The pre-authenticated URL of the item's bytes; `version` is empty for the current ones.
std::string download_url(Exchange& exchange, const Item& item, const std::string& version);
std::string web_url(Exchange& exchange, const Item& item);
Json identity(Services& cloud, const std::string& oid);  // of a user or an application
// The host that serves the drive's bytes, with the port if --public-ports.
std::string tenant_authority(const Exchange& exchange, const Drive& drive);
std::string graph_authority(const Exchange& exchange);

}  // namespace kerros::sandbox
