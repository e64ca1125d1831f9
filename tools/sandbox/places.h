// Where a target leads: which drive, and which item to start from.
//
// Groups, teams and channels are one organisation's: one group, whose files live in the shared
// library; a channel's files folder bears its name there.
// Thread safety: call under the store's lock; results live under it.
#pragma once

#include "tools/sandbox/graph_call.h"

namespace kerros::sandbox {

std::string group_id();                   // the one group, which is also the one team
std::string list_id(const Drive& drive);  // every drive is one list
const Drive* drive_of_site(const GraphCall& call);
// The item that a share token or its URL means; null when it means none.
Item* shared_item(const GraphCall& call);
// The folder for special/{name}, made when it was not there. Throws 404 for names nobody knows.
Item& special_folder(const GraphCall& call, const Drive& drive);
Item& channel_folder(const GraphCall& call, const Drive& drive);
// Whether somebody invited the caller to the item or to something above it.
bool was_invited(const GraphCall& call, const Item& item);

std::string sharing_url(const GraphCall& call, const Item& item, const Permission& permission);
std::string share_token(const std::string& url);  // "u!..."

}  // namespace kerros::sandbox
