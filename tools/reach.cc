#include "tools/reach.h"

#include <algorithm>

#include "gateway/proxy/host_name.h"

namespace kerros::tools {

const HostOverride* override_for(const Config& config, const std::string& host) {
  const auto found = std::ranges::find_if(config.upstream.connect, [&](const HostOverride& one) {
    return proxy::host_matches(one.host, host);
  });
  return found == config.upstream.connect.end() ? nullptr : &*found;
}

Result<Probe> reach(const Config& config, const std::string& host,
                    std::chrono::milliseconds limit) {
  auto context = tls::Context::client({config.upstream.ca_file});
  if (!context) return tl::unexpected(context.error());
  const auto* instead = override_for(config, host);
  auto probe =
      Probe::connect(instead ? instead->address : host, instead ? instead->port : 443, limit);
  if (!probe) return probe;
  if (auto ok = probe->start_tls(*std::move(context), host); !ok) return tl::unexpected(ok.error());
  return probe;
}

}  // namespace kerros::tools
