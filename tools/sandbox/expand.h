// "$expand=children($select=id,size),listItem($expand=fields)" as a list.
//
// Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/sandbox/query.h"

namespace kerros::sandbox {

struct Expansion {
  std::string name;
  Query options;  // what stood in its parentheses
};

// `text` is decoded. Throws Refusal 400 when parentheses do not match.
std::vector<Expansion> parse_expand(std::string_view text);
std::vector<Expansion> expansions_of(const Query& query);

}  // namespace kerros::sandbox
