#include "gateway/sharepoint/hosts.h"

#include <algorithm>
#include <array>

#include "gateway/proxy/host_name.h"

namespace kerros::sharepoint {
namespace {

using K = HostKind;

constexpr auto kHosts = std::to_array<CloudHost>({
    {"worldwide", "graph.microsoft.com", K::kGraph},
    {"worldwide", "canary.graph.microsoft.com", K::kGraph},
    {"worldwide", "graph.microsoft-ppe.com", K::kGraph},
    {"worldwide", "*.sharepoint.com", K::kTenant},
    {"worldwide", "*.sharepointonline.com", K::kTenant},
    {"worldwide", "*.svc.ms", K::kMedia},
    {"worldwide", "*.blob.core.windows.net", K::kIngest},
    {"consumer", "onedrive.live.com", K::kConsumer},
    {"consumer", "api.onedrive.com", K::kConsumer},
    {"consumer", "www.onedrive.com", K::kConsumer},
    {"consumer", "*.1drv.com", K::kConsumer},
    {"consumer", "storage.live.com", K::kConsumer},
    {"consumer", "*.storage.live.com", K::kConsumer},
    {"consumer", "my.microsoftpersonalcontent.com", K::kConsumer},
    {"us-gcc-high", "graph.microsoft.us", K::kGraph},
    {"us-gcc-high", "*.sharepoint.us", K::kTenant},
    {"us-gcc-high", "*.blob.core.usgovcloudapi.net", K::kIngest},
    {"us-dod", "dod-graph.microsoft.us", K::kGraph},
    {"us-dod", "*.dps.mil", K::kTenant},
    {"us-dod", "*.sharepoint-mil.us", K::kTenant},
    {"china", "microsoftgraph.chinacloudapi.cn", K::kGraph},
    {"china", "*.sharepoint.cn", K::kTenant},
    {"china", "*.blob.core.chinacloudapi.cn", K::kIngest},
    {"germany", "graph.microsoft.de", K::kGraph},
    {"germany", "*.sharepoint.de", K::kTenant},
    {"eu-sovereign", "*.sovcloud-sharepoint.de", K::kTenant},
    {"eu-sovereign", "*.sovcloud-sharepoint.fr", K::kTenant},
});

}  // namespace

std::string_view name(HostKind kind) {
  switch (kind) {
    case HostKind::kGraph:
      return "graph";
    case HostKind::kTenant:
      return "tenant";
    case HostKind::kMedia:
      return "media";
    case HostKind::kIngest:
      return "ingest";
    case HostKind::kConsumer:
      return "consumer";
    case HostKind::kOther:
      break;
  }
  return "other";
}

std::span<const CloudHost> cloud_hosts() { return kHosts; }

HostKind kind_of(std::string_view authority) {
  const std::string_view host = authority.substr(0, authority.find(':'));
  const auto found = std::ranges::find_if(
      kHosts, [&](const CloudHost& one) { return proxy::host_matches(one.suffix, host); });
  return found == kHosts.end() ? HostKind::kOther : found->kind;
}

}  // namespace kerros::sharepoint
