// From a request head to a row of the tenant's table: what a request to a host beside Graph means.
//
// Thread safety: pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/graph/classify.h"
#include "gateway/sharepoint/tenant_routes.h"
#include "gateway/sharepoint/tenant_target.h"

namespace kerros::sharepoint {

struct TenantRoute {
  Treatment treatment = Treatment::kRefuse;  // in a protected place
  std::string verb;                          // after verb tunnelling: what goes upstream
  TenantTarget target;
  std::optional<graph::Route> drive;  // with kDriveApi: what the rows of Graph say
  std::string_view pattern;           // of the row that matched; empty: none did
  std::string_view channel;
  std::string_view sentence;
};

// `host` is of the kinds that the table knows; any other one is refused. kMalformed: the request is
// refused as ambiguous (target, verb tunnelling, two framings).
Result<TenantRoute> classify_tenant(HostKind host, const graph::RequestHead& head);

}  // namespace kerros::sharepoint
