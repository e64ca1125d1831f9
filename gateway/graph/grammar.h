// Which words lead from the version of a Graph URL to a share, a site, a list, a drive or an item.
//
// The grammar is a table of steps: in a scope a word, with or without the key that follows it,
// leads to the next scope. A word that no step knows ends the walk; what is left is the relation,
// and the route table has the last word on it. So a drive behind words that nobody listed is not
// found, and its route is refused.
//
// Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "gateway/graph/target.h"
#include "gateway/graph/url_tokens.h"

namespace kerros::graph {

struct Step {
  Target::Scope in;
  std::string_view word;
  enum class Takes : std::uint8_t { kNothing, kKey } takes;
  Target::Scope to;
};
// Of two steps with the same word the one that takes a key comes first.
std::span<const Step> grammar();

// Fills scope, item and relation of a target whose raw parts and options are there already.
// Errors: kMalformed where a colon path, a key or an alias stands where none can be.
Status follow(const std::vector<Token>& tokens, Target& target);

}  // namespace kerros::graph
