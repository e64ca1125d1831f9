#include "gateway/io/doors/passing.h"

#include <spdlog/spdlog.h>

#include "gateway/io/future.h"
#include "gateway/io/road/connection.h"

namespace kerros::io {

namespace {

// Of one that has gone already it is "::", which is in no network of clients.
proxy::Address address_of(const net::ip::tcp::socket& socket) {
  error_code gone;
  return to_address(socket.remote_endpoint(gone).address());
}

}  // namespace

proxy::Address to_address(const net::ip::address& address) {
  if (address.is_v6()) return address.to_v6().to_bytes();
  return net::ip::make_address_v6(net::ip::v4_mapped, address.to_v4()).to_bytes();
}

Visit::Visit(Worker& w, DoorBounds& for_all, net::ip::tcp::socket socket, std::string_view through)
    : worker(w),
      bounds(for_all),
      address(address_of(socket)),
      client(std::move(socket)),
      now(w.shared.snapshots.current()),
      door(through) {}

net::awaitable<bool> receive(Visit& visit, net::awaitable<void> (*serve)(Visit&)) {
  try {
    if (visit.admits_client()) {
      co_await serve(visit);
      co_return true;
    }
    co_await record_refused(visit, "the door itself", "a client of another network");
  } catch (const std::exception& error) {
    spdlog::debug("visit door={} peer={} ended: {}", visit.door, visit.client.peer(), error.what());
  }
  co_return false;
}

net::awaitable<void> record_refused(Visit& visit, std::string_view target, std::string_view why) {
  ++visit.worker.shared.counters.proxy_refused;
  auto& budget = visit.admits_client() ? visit.bounds.clients : visit.bounds.strangers;
  const auto untold = budget.take(client_of(visit.address), now_ms());
  if (!untold) co_return;
  audit::Record record;
  record.time_ms = now_ms();
  record.event = audit::Event::kRefused;
  record.actor = visit.user.empty() ? "anonymous" : audit::as_field("proxy:" + visit.user);
  record.right = std::string(visit.door) + "-door";
  record.source = visit.client.peer();
  record.target = audit::as_field(target);
  record.status = audit::as_field("refused: " + std::string(why));
  if (*untold > 0) record.details.emplace_back("not-recorded", std::to_string(*untold));
  spdlog::info("refused door={} peer={} why=\"{}\"", visit.door, record.source, why);
  auto& log = *visit.worker.shared.installation.log;
  Future<Result<std::uint64_t>> appended(
      visit.worker.executor, [&](auto done) { log.append(std::move(record), std::move(done)); });
  co_await appended.get();  // a log that cannot be written makes a refusal nothing else
}

TunnelRoom::TunnelRoom(Visit& visit)
    : visit_(visit),
      answer_(visit.bounds.tunnels.take(client_of(visit.address),
                                        most_tunnels_of_one(visit.now->config),
                                        most_tunnels(visit.now->config))) {
  if (*this) ++visit_.worker.shared.counters.tunnels;
}

TunnelRoom::~TunnelRoom() {
  if (!*this) return;
  --visit_.worker.shared.counters.tunnels;
  visit_.bounds.tunnels.give(client_of(visit_.address));
}

std::string_view TunnelRoom::why_not() const {
  return answer_ == TunnelShares::Answer::kClientHasAll
             ? "This client has as many tunnels as one may have; close some."
             : "The proxy has as many tunnels as it may; try again later.";
}

net::awaitable<void> open_as(Visit& visit, std::string host, std::string_view target) {
  auto context = visit.side().certificates.context(host);
  if (!context) {
    const std::string why = "no certificate: " + context.error().detail;
    co_await record_refused(visit, target, why);
    co_return visit.client.reset();
  }
  ++visit.worker.shared.counters.intercepted;
  Front front = Front::intercepted(visit.now->config, std::move(host));
  co_await serve_connection(visit.worker, visit.client.release(), *std::move(context),
                            std::move(front));
}

net::awaitable<void> pass_to(Visit& visit, net::ip::tcp::socket server, std::string_view host,
                             FirstLook look) {
  const std::string peer = visit.client.peer();
  const auto started = now_ms();
  const auto moved = co_await tunnel(visit.client.release(), std::move(server), visit.worker.pipes,
                                     visit.now->config.proxy.tunnel_idle, std::move(look));
  // Where people go is their own business: names stand in the log only when somebody looks for a
  // fault.
  spdlog::info("tunnel door={} peer={} sent={} received={} ms={}", visit.door, peer, moved.sent,
               moved.received, now_ms() - started);
  spdlog::debug("tunnel peer={} led to {}", peer, host);
}

}  // namespace kerros::io
