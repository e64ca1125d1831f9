#include "gateway/io/exchange/front.h"

#include <utility>

#include "gateway/graph/head.h"
#include "gateway/proxy/host_name.h"

namespace kerros::io {

Front Front::graph_door(const Config& config) {
  return {Door::kGraph, sharepoint::HostKind::kGraph, config.graph_door.name,
          config.upstream.graph_host, false};
}

Front Front::intercepted(const Config& config, std::string host) {
  const auto kind = proxy::host_matches(config.upstream.graph_host, host)
                        ? sharepoint::HostKind::kGraph
                        : sharepoint::kind_of(host);
  return {Door::kIntercepted, kind, host, host, false};
}

bool names(const Front& front, std::string_view authority) {
  std::string_view own = front.public_host;
  for (std::string_view* one : {&authority, &own})
    if (one->ends_with(":443")) one->remove_suffix(4);
  return graph::same_name(authority, own);
}

}  // namespace kerros::io
