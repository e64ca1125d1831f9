#include "gateway/io/worker/snapshot.h"

#include "gateway/complaint.h"

namespace kerros::io {

Result<std::shared_ptr<const Snapshot>> Snapshot::make(Config config) {
  auto tls = tls::Context::client({.ca_file = config.upstream.ca_file});
  if (!tls)
    return complain(tls.error().code, tls.error().detail,
                    "the cloud's certificates are always checked", "check `upstream.ca_file`");
  auto door = tls::Context::server({config.graph_door.certificate, config.graph_door.private_key});
  if (!door)
    return complain(door.error().code, door.error().detail,
                    "clients are served with this certificate and its key or not at all",
                    "check `graph_door.certificate` and `graph_door.private_key`");
  auto snapshot = std::make_shared<Snapshot>();
  if (config.proxy.is_on()) {
    auto proxy = ProxySide::make(config);
    if (!proxy) return tl::unexpected(proxy.error());
    snapshot->proxy = *std::move(proxy);
  }
  snapshot->door_tls = *std::move(door);
  snapshot->config = std::move(config);
  snapshot->upstream_tls = *std::move(tls);
  return std::shared_ptr<const Snapshot>(std::move(snapshot));
}

}  // namespace kerros::io
