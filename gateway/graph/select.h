// $select and $expand, widened: what is needed to name an item and its version is asked for as
// well, and taken out of the answer again.
//
// Clients ask for `$select=size` alone before every download; the answer then says neither which
// item nor which version it is about, and its size could not be told. The same holds within
// `$expand=children($select=size)`, and for list items, whose fields repeat the size of a driveItem
// that must be asked for beside them.
//
// Octets are only ever inserted: all else in the query goes upstream as it came. What is nested
// deeper than kMostLevels, or needs more than kMostInsertions, is not widened at all: sizes that
// then belong to no item are left out of the answer. Thread safety: pure functions. Source: graph
// documentation, optional query parameters; OData 4.01 URL conventions 5.1.3.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/graph/rewrite_item.h"
#include "gateway/graph/target.h"

namespace kerros::graph {

enum class Answers : std::uint8_t { kItems, kListItems };  // what the request is answered with

inline constexpr std::size_t kMostLevels = 8;  // of $expand; Graph takes three
inline constexpr std::size_t kMostInsertions = 64;

struct WidenedSelect {
  std::string raw_query;              // the request's, with what is needed inserted
  Unwanted added;                     // to be removed from the answer; empty: unchanged
  std::vector<std::string> inserted;  // the texts, each once: ",id,cTag"
};
WidenedSelect widen_select(const Target& target, Answers answers = Answers::kItems);

// A nextLink repeats the widened options, in whatever encoding; the client gets it as it asked.
std::string narrow_link(std::string_view url, const WidenedSelect& widened);

}  // namespace kerros::graph
