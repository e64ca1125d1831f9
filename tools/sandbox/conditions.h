// If-Match and If-None-Match against the tags of an item.
//
// Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kerros::sandbox {

// The tags of a header; "*" comes back as itself. Tags hold commas ("{GUID},3"), so quotes decide.
// Throws Refusal 400 malformedEntityTag on anything that is not a list of tags.
std::vector<std::string> parse_tags(std::string_view header);

// True when one of the tags is "*" (and the item exists) or is one of the item's. W/ is no match.
bool matches_any(const std::vector<std::string>& tags, const std::vector<std::string>& own,
                 bool exists);

}  // namespace kerros::sandbox
