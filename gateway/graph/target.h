// The Graph URL grammar: what a request target names, found on a decoded private copy.
//
// The octets received are kept beside it and are what goes upstream. Ambiguous forms ("..", an
// encoded slash pair, NUL, overlong UTF-8, a lone %) are not guessed at: they fail.
//
// Thread safety: pure functions. Errors: kMalformed with the offending form in the detail.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crypto/result.h"

namespace kerros::graph {

// How a request names a driveItem: a drive, a starting item in it, and a path from there.
struct ItemAddress {
  std::string drive_url;  // raw octets up to and with the drive: "/v1.0/drives/b%21x", "/v1.0/me/drive"
  std::string drive_id;   // decoded, when the URL names one; empty for me/drive and the like
  std::string item_id;    // decoded; "root" for the root and for special folders "special:NAME"
  std::string path;       // decoded, "/A/b.txt" relative to item_id; empty when addressed by id
  std::string raw_item;   // raw octets that name the item itself, to which "" or "/content" may be
                          // appended: ".../items/01ABC" or ".../root:/A/b.txt:" (with closing colon)
  bool by_path() const { return !path.empty(); }
};

struct QueryOption {
  std::string name;   // decoded
  std::string value;  // decoded
};

struct Target {
  std::string version;                // "v1.0", "beta"
  std::vector<std::string> segments;  // decoded segments after the version, colon syntax included
  bool has_item = false;
  ItemAddress item;                   // when has_item
  std::string relation;               // what follows the item: "", "content", "children", ...
  std::string raw_path;               // octets before '?'
  std::string raw_query;              // octets after '?', without it
  std::vector<QueryOption> options;   // "$" of OData names kept as sent

  // OData system options may come without "$" (graph: optional-query-parameters).
  const std::string* option(std::string_view name_without_dollar) const;
};

Result<Target> parse_target(std::string_view raw);

// conflictBehavior in any of its spellings; empty when absent.
std::string conflict_behavior(const Target& target);

}  // namespace kerros::graph
