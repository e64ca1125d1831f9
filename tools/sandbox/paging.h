// Lists in pages, with links that only work as they were written.
//
// Switches here: page.size.
// Thread safety: pure but for the switches.
#pragma once

#include "tools/sandbox/graph_call.h"

namespace kerros::sandbox {

struct Page {
  std::uint64_t start = 0;
  std::uint64_t end = 0;  // exclusive
  std::string next_link;  // empty on the last page
};

// From $top and $skiptoken. Throws Refusal 400 on tokens that are not ours.
Page page_of(const GraphCall& call, std::uint64_t total);
std::uint64_t page_size(const GraphCall& call);
// "@odata.context", the link when there is a next page, and "value".
Json list_json(const std::string& context, const Page& page, Json value);

}  // namespace kerros::sandbox
