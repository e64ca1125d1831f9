// The Graph URL grammar: what a request target names, found on a decoded private copy.
// The words that lead from the version to a drive or an item are a table: grammar.h.
//
// The octets received are kept beside it and are what goes upstream. Ambiguous forms (dot segments,
// "//", NUL, backslashes, overlong UTF-8, a lone %, an option given twice) are not guessed at: they
// fail. Two freedoms are taken because clients in the field need them: one "./" at the front of a
// colon path is dropped, and one '/' at the very end is ignored.
//
// Route words compare with case: "/v1.0/me/DRIVE" is no drive here, so that it matches no row of
// the route table and is refused.
//
// Thread safety: pure functions. Errors: kMalformed with the offending form in the detail, never
// the text itself.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/result.h"
#include "gateway/graph/percent.h"

namespace kerros::graph {

// How a request names a driveItem: a drive, a starting item in it, and a path from there.
struct ItemAddress {
  std::string drive_url;  // raw octets up to and with the drive: "/v1.0/drives/b%21x"; empty for
                          // shares and folders of teams
  std::string drive_id;   // decoded, when the URL names one; empty for me/drive and the like
  std::string item_id;    // decoded; "root" for the root, "special:NAME" for special folders,
                          // "nav:WORD" where a navigation leads to the item (shares, teams, lists)
  std::string path;       // decoded, "/A/b.txt" relative to item_id; empty when addressed by id

  std::string raw_start;  // raw octets of the starting item (item_id without path)
  // Raw octets that name the item itself, to which "", "/content" or another relation may be
  // appended: ".../items/01ABC" or ".../root:/A/b.txt:", with the closing colon even when the
  // request had none.
  std::string raw_item;
  // An alias that raw_item needs in its query: "@a1=%27x%27" of children('@a1'); else empty.
  std::string raw_alias;

  bool by_path() const { return !path.empty(); }
};

struct QueryOption {
  std::string name;   // decoded, "$" kept as sent
  std::string value;  // decoded; '+' is a blank
};

struct Target {
  // How far the path is known, in the order in which one can lead to the next (grammar.h).
  enum class Scope : std::uint8_t {
    kOther,
    kShare,
    kContainer,
    kSite,
    kList,
    kListItem,
    kDrives,
    kDrive,
    kItem
  };

  std::string authority;              // of an absolute-form target; else empty
  std::string version;                // "v1.0", "beta"
  std::vector<std::string> segments;  // decoded after the version; keys stand alone, a colon path
                                      // belongs to the segment before it: "root:/A/b.txt"
  Scope scope = Scope::kOther;
  bool has_item = false;   // scope == kItem
  bool via_share = false;  // under /shares: the answer may not depend on the caller
  ItemAddress item;        // when has_item; its drive fields also with kDrive
  // What follows the scope: "", "content", "versions/1.0/content". Namespaces and arguments of
  // functions are left out: "delta" for "microsoft.graph.delta(token='x')".
  std::string relation;
  std::string raw_path;   // octets before '?', from the first '/'
  std::string raw_query;  // octets after '?', without it
  std::vector<QueryOption> options;

  // OData system options may come without "$"; names compare without case, so that "?Format=pdf"
  // is not overlooked.
  const std::string* option(std::string_view name_without_dollar) const;
};

// Accepts origin form, and absolute form with http or https (the caller compares `authority`).
Result<Target> parse_target(std::string_view raw);

// Only what stands before and after '?' and in front of the path; nothing is decoded.
struct TargetParts {
  std::string_view authority, path, query;
};
Result<TargetParts> split_target(std::string_view raw);

// The same tree under another front: `path` is parts.path decoded, and the tree begins at the '/'
// that is its octet `begin`, behind "/v1.0" or "/sites/x/_api/v2.0".
Result<Target> parse_tree(const TargetParts& parts, const Decoded& path, std::size_t begin,
                          std::string version);

// conflictBehavior in any of its spellings; empty when absent.
std::string conflict_behavior(const Target& target);

}  // namespace kerros::graph
