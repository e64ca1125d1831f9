// The query of a request target as a list of options.
//
// Thread safety: pure functions. Errors: kMalformed.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/graph/target.h"

namespace kerros::graph {

// Graph knows a dozen, and an alias for each value of a filter is usual. Each one is held against
// all others here, so that their number has a bound.
inline constexpr std::size_t kMostOptions = 100;

// Refuses an option that steers us or the answer when it is given twice, in whatever spelling, and
// more options than kMostOptions.
Result<std::vector<QueryOption>> parse_query(std::string_view raw);

// The octets of the option called `name`, "@a1=%27x%27"; empty when absent.
std::string_view raw_option(std::string_view raw_query, std::string_view name);

// 'it''s' -> it's; nullopt when the text is not one quoted value.
std::optional<std::string> unquoted(std::string_view text);

}  // namespace kerros::graph
