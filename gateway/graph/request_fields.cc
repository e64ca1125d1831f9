#include "gateway/graph/request_fields.h"

#include <algorithm>
#include <array>

namespace kerros::graph {
namespace {

constexpr std::array<std::string_view, 21> kAllowed{
    "Accept",
    "Accept-Language",
    "Authorization",
    "client-request-id",
    "ConsistencyLevel",
    "Content-Language",
    "Content-Type",
    "deltaExcludeParent",
    "If-Match",
    "If-Modified-Since",
    "If-None-Match",
    "If-Unmodified-Since",
    "OData-MaxVersion",
    "OData-Version",
    "Origin",
    "Prefer",
    "return-client-request-id",
    "SdkVersion",
    "traceparent",
    "User-Agent",
    "X-AnchorMailbox",
};
constexpr std::array<std::string_view, 3> kOfPlainBodies{"Content-Range", "If-Range", "Range"};

bool is_in(const auto& list, std::string_view name) {
  return std::ranges::any_of(list, [&](std::string_view one) { return same_name(one, name); });
}

}  // namespace

bool is_named_by_connection(const Fields& fields, std::string_view name) {
  for (const auto& [key, value] : fields.lines()) {
    if (!same_name(key, "Connection")) continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      std::string_view one = rest.substr(0, rest.find(','));
      rest.remove_prefix(std::min(rest.size(), one.size() + 1));
      while (one.starts_with(' ') || one.starts_with('\t')) one.remove_prefix(1);
      while (one.ends_with(' ') || one.ends_with('\t')) one.remove_suffix(1);
      if (same_name(one, name)) return true;
    }
  }
  return false;
}

Fields upstream_fields(const Fields& client, bool body_is_sealed) {
  Fields out;
  for (const auto& [name, value] : client.lines()) {
    const bool allowed = is_in(kAllowed, name) || (!body_is_sealed && is_in(kOfPlainBodies, name));
    if (allowed && !is_named_by_connection(client, name)) out.add(name, value);
  }
  if (body_is_sealed && out.count("Content-Type") > 0)
    out.set("Content-Type", "application/octet-stream");
  out.set("Accept-Encoding", "identity");
  return out;
}

}  // namespace kerros::graph
