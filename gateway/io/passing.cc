#include "gateway/io/passing.h"

#include <spdlog/spdlog.h>

#include "gateway/io/future.h"
#include "gateway/io/session.h"
#include "gateway/io/tunnel.h"

namespace kerros::io {

proxy::Address to_address(const net::ip::address& address) {
  if (address.is_v6()) return address.to_v6().to_bytes();
  return net::ip::make_address_v6(net::ip::v4_mapped, address.to_v4()).to_bytes();
}

bool Visit::admits_client() {
  error_code error;
  const auto peer = client.socket().remote_endpoint(error);
  return !error && side().admits(to_address(peer.address()));
}

net::awaitable<void> record_refused(Visit& visit, std::string_view target, std::string_view why) {
  ++visit.worker.shared.counters.proxy_refused;
  audit::Record record;
  record.time_ms = now_ms();
  record.event = audit::Event::kRefused;
  record.actor = visit.user.empty() ? "anonymous" : audit::as_field("proxy:" + visit.user);
  record.right = std::string(visit.door) + "-door";
  record.source = visit.client.peer();
  record.target = audit::as_field(target);
  record.status = audit::as_field("refused: " + std::string(why));
  spdlog::info("refused door={} peer={} why=\"{}\"", visit.door, record.source, why);
  auto& log = *visit.worker.shared.installation.log;
  Future<Result<std::uint64_t>> appended(
      visit.worker.executor, [&](auto done) { log.append(std::move(record), std::move(done)); });
  co_await appended.get();  // a log that cannot be written makes a refusal nothing else
}

TunnelRoom::TunnelRoom(Visit& visit)
    : open_(visit.worker.shared.counters.tunnels),
      has_(++open_ <= visit.now->config.proxy.tunnels) {}

TunnelRoom::~TunnelRoom() { --open_; }

net::awaitable<void> open_as(Visit& visit, std::string host) {
  auto context = visit.side().certificates.context(host);
  if (!context) {
    spdlog::error("no certificate for an intercepted host: {}", context.error().detail);
    co_return;
  }
  ++visit.worker.shared.counters.intercepted;
  Front front = Front::intercepted(visit.now->config, std::move(host));
  co_await serve_connection(visit.worker, visit.client.release(), *std::move(context),
                            std::move(front));
}

net::awaitable<void> pass_to(Visit& visit, net::ip::tcp::socket server, std::string_view host) {
  const std::string peer = visit.client.peer();
  const auto started = now_ms();
  const auto moved = co_await tunnel(visit.client.release(), std::move(server), visit.worker.pipes,
                                     visit.now->config.proxy.tunnel_idle);
  // Where people go is their own business: names stand in the log only when somebody looks for a
  // fault.
  spdlog::info("tunnel door={} peer={} sent={} received={} ms={}", visit.door, peer, moved.sent,
               moved.received, now_ms() - started);
  spdlog::debug("tunnel peer={} led to {}", peer, host);
}

}  // namespace kerros::io
