#include "gateway/io/snapshot.h"

namespace kerros::io {

Result<std::shared_ptr<const Snapshot>> Snapshot::make(Config config) {
  auto tls = tls::Context::client({.ca_file = config.upstream.ca_file});
  if (!tls) return tl::unexpected(tls.error());
  auto door = tls::Context::server({config.graph_door.certificate, config.graph_door.private_key});
  if (!door) return tl::unexpected(door.error());
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->door_tls = *std::move(door);
  snapshot->config = std::move(config);
  snapshot->upstream_tls = *std::move(tls);
  return std::shared_ptr<const Snapshot>(std::move(snapshot));
}

}  // namespace kerros::io
