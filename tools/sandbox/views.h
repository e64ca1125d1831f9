// Items, list items and what can be folded into them, as $select and $expand wish.
//
// Thread safety: call under the store's lock.
#pragma once

#include "tools/sandbox/graph_call.h"

namespace kerros::sandbox {

Json viewed_item(GraphCall& call, Item& item, const Query& query, const std::string& context = {});
Json viewed_list_item(GraphCall& call, Item& item, const Query& query);
Json fields_json(GraphCall& call, Item& item, const Query& query);
Json children_json(GraphCall& call, Item& item, const Query& query);
Json versions_json(GraphCall& call, const Item& item);
Json permission_json(GraphCall& call, const Item& item, const Permission& permission);
Json permissions_json(GraphCall& call, const Item& item);
Json thumbnails_json(GraphCall& call, const Item& item);  // one set, or none

// Size, name or time of change, as $orderby says; by name when it is silent.
void order_items(const GraphCall& call, std::vector<Item*>& items);
// A page of items, each as the query wants it.
Json items_page(GraphCall& call, const std::vector<Item*>& items, const std::string& context);
Reply item_reply(GraphCall& call, Item& item, unsigned status);

}  // namespace kerros::sandbox
