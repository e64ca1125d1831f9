// What a request names on a host beside Graph, found on a decoded private copy; ambiguous forms are
// refused as they are for Graph (gateway/graph/target.h).
//
// "_vti_bin/client.svc" is the same door as "_api" and reads so here. Behind "_api/v2.0" and
// "_api/v2.1" stands the drive API with Graph's own grammar, which is read by it.
// Thread safety: pure functions. Errors: kMalformed with the form in the detail, never the text.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/graph/target.h"
#include "gateway/sharepoint/call_words.h"

namespace kerros::sharepoint {

struct TenantTarget {
  std::string authority;  // of an absolute-form target; else empty
  // From the root of the host on; behind the version of the drive API there are none.
  std::vector<Word> words;
  std::optional<graph::Target> drive;  // behind "_api/v2.0" and "_api/v2.1"
  std::string raw_path, raw_query;     // the octets received
  std::vector<graph::QueryOption> options;

  bool has_option(std::string_view name) const;
};

Result<TenantTarget> parse_tenant_target(std::string_view raw);

// Whether a path that is not Graph's leads to one of the tenant's interfaces; for a door that
// serves Graph only.
bool is_tenant_path(std::string_view raw_target);

// The same at Graph: "/v1.0/drives/x" for "/SITE/_api/v2.1/drives/x", and so for "$metadata", which
// contexts name. Empty for everything else, monitors among it.
std::string graph_path(std::string_view raw_target);

}  // namespace kerros::sharepoint
