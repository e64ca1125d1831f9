// Which hosts of the cloud a name belongs to, over all of its national parts.
//
// Suffixes match on borders of labels: "a.sharepoint.com" is a tenant, "sharepoint.com" itself,
// "evilsharepoint.com" and "sharepoint.com.evil.test" are not.
// Thread safety: pure functions and constants.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace kerros::sharepoint {

enum class HostKind : std::uint8_t {
  kOther,
  kGraph,     // graph.microsoft.com: gateway/graph/ reads it
  kTenant,    // contoso.sharepoint.com, contoso-my.sharepoint.com
  kMedia,     // *.svc.ms: thumbnails, previews, zip archives
  kIngest,    // containers that migration jobs read from
  kConsumer,  // drives of persons, not of offices
};
std::string_view name(HostKind kind);

struct CloudHost {
  std::string_view cloud;   // "worldwide", "china" ...
  std::string_view suffix;  // "*.sharepoint.com", or a whole name
  HostKind kind;
};
std::span<const CloudHost> cloud_hosts();

// `authority` is a host with or without ":port"; case and one final dot do not count.
HostKind kind_of(std::string_view authority);

}  // namespace kerros::sharepoint
