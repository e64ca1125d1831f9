// How bytes become an item: conflicts, conditions, versions. Shared by PUT and upload sessions.
//
// Thread safety: call under the store's lock.
#pragma once

#include <string>

#include "tools/sandbox/exchange.h"

namespace kerros::sandbox {

struct Placement {
  std::string drive;
  std::string parent;
  std::string name;
  std::string item;      // the existing item when it was named by id; else empty
  std::string new_id;    // the id a new item shall have; empty: any
  std::string conflict;  // "replace", "fail", "rename"
  std::string if_match;  // header values; empty: no condition
  std::string if_none_match;
  std::string by;  // oid
};

struct Committed {
  Item* item = nullptr;
  bool created = false;
};

// Throws the Refusal that a commit would meet now; for answering before the body is read.
void check_placement(Store& store, const Placement& placement);
// Moves the bytes in. Throws Refusal; the bytes are then still where they were.
Committed commit(Exchange& exchange, const Placement& placement, const Arrived& bytes,
                 const std::string& by);
// Header conditions against an item that exists. Throws Refusal 412.
void check_conditions(const Item& item, const std::string& if_match,
                      const std::string& if_none_match);
// Throws Refusal 423 when somebody else has the item checked out.
void check_unlocked(const Item& item, const std::string& oid);
void check_name(const Exchange& exchange, Store& store, const Item& parent,
                const std::string& name);

}  // namespace kerros::sandbox
