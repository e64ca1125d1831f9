// The grammar of Graph targets: which user, site, drive and item a path names, and what is asked of
// it.
//
//   /v1.0/drives/{d}/items/{i}:/Reports/a%20b.txt:/content?x=y
//   version subject            start  steps           relation
//
// The colon grammar is found after %3A and %2F are read as ':' and '/': generated clients send it
// encoded. Names are decoded exactly once. Nothing here knows whether the things named exist.
// Thread safety: pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/sandbox/query.h"

namespace kerros::sandbox {

enum class Subject { kService, kUser, kSite, kDrive, kItem };

struct GraphTarget {
  std::string version;  // "v1.0" or "beta"
  Subject subject = Subject::kService;
  std::string user;   // "me", or the id or name after /users/; empty otherwise
  std::string site;   // the id after /sites/; empty otherwise
  std::string drive;  // the id after /drives/; empty for the default drive of user or site
  std::string item;   // "root" or an id; when subject is kItem
  std::vector<std::string> steps;     // names to walk from there
  std::vector<std::string> relation;  // decoded segments after the subject
  Query query;
  std::string raw_path;  // as received, without the query
};

// Throws Refusal 400 on what no grammar covers, 404 on an unknown version.
GraphTarget parse_graph_target(std::string_view target);

}  // namespace kerros::sandbox
