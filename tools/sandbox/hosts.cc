#include "tools/sandbox/hosts.h"

#include "tools/sandbox/refusal.h"

namespace kerros::sandbox {

bool host_belongs(std::string_view host, HostKind kind) {
  switch (kind) {
    case HostKind::kGraph:
      return host == "graph.microsoft.com" || host == "graph.test";
    case HostKind::kTenant:
      return host.ends_with(".sharepoint.com") || host == "tenant.test" ||
             host.ends_with(".tenant.test");
    case HostKind::kLogin:
      return host == "login.microsoftonline.com" || host == "login.test";
  }
  return false;
}

void require_host(Exchange& exchange, HostKind kind) {
  const std::string& host = exchange.head.host;
  // Clients that cannot be told where a name lives talk to the loopback itself.
  const bool direct =
      exchange.cloud.options.public_ports && (host == "localhost" || host == "127.0.0.1");
  if (direct || host_belongs(host, kind)) return;
  ++exchange.cloud.counters.unknown_host;
  throw Refusal(421, "invalidRequest", "This server does not answer for that host");
}

}  // namespace kerros::sandbox
