// One understood request at the Graph host or its twin on the tenant's, and the finding of what it
// names.
//
// Thread safety: the finders need the store's lock and their results live under it.
#pragma once

#include "tools/sandbox/caller.h"
#include "tools/sandbox/commit.h"
#include "tools/sandbox/exchange.h"
#include "tools/sandbox/graph_target.h"
#include "tools/sandbox/item_json.h"
#include "tools/sandbox/refusal.h"
#include "tools/sandbox/replies.h"

namespace kerros::sandbox {

struct GraphCall {
  Exchange& exchange;
  Caller caller;
  GraphTarget target;
  Door door = Door::kGraph;
  std::string origin;  // "https://graph.microsoft.com"
  std::string base;    // with the prefix that every path of this door has: ".../v1.0"

  Store& store() const { return exchange.cloud.store; }
  std::string header(std::string_view name) const { return exchange.head.find(name).value_or(""); }
  std::string context(std::string_view what) const {
    return base + "/$metadata#" + std::string(what);
  }
};

const User& find_user(const GraphCall& call);
// Throws 404 when there is no such drive, 403 when it is somebody else's.
const Drive& find_drive(const GraphCall& call);
Item& find_item(const GraphCall& call);
// The item to write: by id, or by path where only the last step may be missing.
Placement find_placement(const GraphCall& call);
ItemView item_view(const GraphCall& call, const Drive& drive);

}  // namespace kerros::sandbox
