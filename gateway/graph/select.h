// $select, widened: what is needed to name an item and its version is asked for as well, and taken
// out of the answer again.
//
// Clients ask for `$select=size` alone before every download; the answer then says neither which
// item nor which version it is about, and its size would be shown as stored.
// Thread safety: pure functions. Source: graph documentation, optional query parameters.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/graph/target.h"

namespace kerros::graph {

struct WidenedSelect {
  std::string raw_query;           // the request's, with the fields appended; all else untouched
  std::vector<std::string> added;  // to be removed from the items of the answer; empty: unchanged
  std::string suffix;              // what was appended: ",id,cTag"
};
WidenedSelect widen_select(const Target& target);

// A nextLink repeats the widened option; the client gets it as it asked.
std::string narrow_link(std::string_view url, const WidenedSelect& widened);

}  // namespace kerros::graph
