// The grammar of targets: which user, group, site, list, drive and item a path names, and what is
// asked of it.
//
//   /v1.0/drives/{d}/items/{i}:/Reports/a%20b.txt:/content?x=y
//   prefix subject           start  steps         relation
//
// The tenant hosts carry the same tree below /{site}/_api/v2.0. Names are decoded exactly once.
// Nothing here knows whether the things named exist. Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/sandbox/query.h"

namespace kerros::sandbox {

enum class Subject { kService, kUser, kGroup, kSite, kList, kListItem, kShare, kDrive, kItem };

struct GraphTarget {
  std::string prefix;   // "/v1.0", "/personal/aino/_api/v2.0"
  std::string version;  // "v1.0", "beta", "v2.0", "v2.1"
  Subject subject = Subject::kService;
  // What was named on the way down; empty where nothing was.
  std::string user;       // "me", or the id or name after /users/
  std::string group;      // also a team's
  std::string channel;    // of a team: its files folder is meant
  std::string site;       // id or host
  std::string site_path;  // "/personal/aino" in sites/{host}:/personal/aino:
  bool site_by_path = false;
  std::string share;                  // the token after /shares/
  std::string list;                   // id or name; "-" for the list of the drive
  std::string list_item;              // its number
  std::string drive;                  // the id after /drives/; empty for the default drive
  std::string special;                // the name after /special/
  std::string item;                   // "root" or an id
  std::vector<std::string> steps;     // names to walk from there
  std::vector<std::string> relation;  // decoded segments after the subject
  Query query;
  std::string raw_path;  // as received, without the query
};

// Throws Refusal 400 on what no grammar covers, 404 on an unknown version.
GraphTarget parse_graph_target(std::string_view target);
GraphTarget parse_tenant_target(std::string_view host, std::string_view target);
// Where the "/_api/v2.x" of a tenant's path begins; npos when it is no such path.
std::size_t find_api(std::string_view path);

}  // namespace kerros::sandbox
