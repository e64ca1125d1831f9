#include "gateway/graph/response_fields.h"

#include <algorithm>
#include <array>

#include "gateway/graph/request_fields.h"

namespace kerros::graph {
namespace {

constexpr std::array<std::string_view, 31> kAllowed{
    "Access-Control-Allow-Origin",
    "Access-Control-Expose-Headers",
    "Allow",
    "Cache-Control",
    "client-request-id",
    "Content-Disposition",
    "Content-Language",
    "Content-Type",
    "CTag",
    "Date",
    "Deprecation",
    "ETag",
    "Expires",
    "Last-Modified",
    "MicrosoftSharePointTeamServices",
    "OData-Version",
    "Pragma",
    "Preference-Applied",
    "RateLimit-Limit",
    "RateLimit-Remaining",
    "RateLimit-Reset",
    "request-id",
    "Retry-After",
    "SPRequestDuration",
    "SPRequestGuid",
    "Sunset",
    "Vary",
    "x-ms-ags-diagnostic",
    "X-Content-Type-Options",
    "X-SharePointHealthScore",
    "X-Virus-Infected",
};
constexpr std::array<std::string_view, 3> kOfUpstreamsBytes{"Accept-Ranges", "Content-Encoding",
                                                            "Content-Range"};
constexpr std::string_view kChallenge = "WWW-Authenticate";

bool is_in(const auto& list, std::string_view name) {
  return std::ranges::any_of(list, [&](std::string_view one) { return same_name(one, name); });
}

// RFC 9110 5.3: lines of one name mean the same as one line joined by commas.
std::string joined(const Fields& fields, std::string_view name) {
  std::string all;
  for (const auto& [key, value] : fields.lines()) {
    if (!same_name(key, name)) continue;
    if (!all.empty()) all.append(", ");
    all.append(value);
  }
  return all;
}

}  // namespace

Fields client_fields(const Fields& upstream, bool body_changed) {
  Fields out;
  for (const auto& [name, value] : upstream.lines()) {
    if (is_named_by_connection(upstream, name)) continue;
    if (same_name(name, kChallenge)) {
      if (out.count(kChallenge) == 0) out.add(name, joined(upstream, kChallenge));
    } else if (is_in(kAllowed, name) || (!body_changed && is_in(kOfUpstreamsBytes, name))) {
      out.add(name, value);
    }
  }
  return out;
}

}  // namespace kerros::graph
