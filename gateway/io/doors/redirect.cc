#include "gateway/io/doors/redirect.h"

#include "gateway/io/doors/passing.h"
#include "gateway/io/upstream/dial.h"
#include "gateway/io/wire/bad_message.h"
#include "gateway/io/wire/original_destination.h"

namespace kerros::io {

namespace {

using Endpoint = net::ip::tcp::endpoint;

std::string target_of(const Endpoint& to, const std::string& name) {
  return "redirected " + to.address().to_string() + " port " + std::to_string(to.port()) +
         (name.empty() ? "" : " as " + name);
}

net::awaitable<void> refuse(Visit& visit, std::string target, std::string_view why) {
  co_await record_refused(visit, target, why);
  visit.client.reset();
}

// Name and address are both the client's word, and nothing ties one to the other: an address that
// is not public is never taken from it. A name that the configuration leads somewhere, or lets lead
// to such addresses, is looked up here.
enum class By : std::uint8_t { kAddress, kName, kNone };
By way_to(const Visit& visit, const Endpoint& to, const std::string& name) {
  if (override_for(visit.now->config.upstream, name) != nullptr) return By::kName;
  const proxy::Address address = to_address(to.address());
  if (proxy::is_public(address)) return By::kAddress;
  return proxy::may_connect(visit.side().rules, name, address) ? By::kName : By::kNone;
}

net::awaitable<void> pass(Visit& visit, const Endpoint& to, const std::string& name) {
  const By by = way_to(visit, to, name);
  if (by == By::kNone)
    co_return co_await refuse(visit, target_of(to, name),
                              "an address that is not of the public internet");
  const TunnelRoom room(visit);
  if (!room) co_return co_await refuse(visit, target_of(to, name), room.why_not());
  const auto& upstream = visit.now->config.upstream;
  auto server = by == By::kAddress ? co_await dial_address(visit.worker.executor, upstream, to)
                                   : co_await dial(visit.worker.executor, upstream, name, to.port(),
                                                   {}, visit.worker.shared.names);
  co_await pass_to(visit, std::move(server), name);
}

net::awaitable<void> serve_visit(Visit& visit) {
  error_code error;
  const auto peer = visit.client.socket().remote_endpoint(error);
  const auto to = original_destination(visit.client.socket());
  if (!to) co_return co_await refuse(visit, "the door itself", "not redirected");
  if (error || is_own_address(peer.address()) || is_own_address(to->address()))
    co_return co_await refuse(visit, target_of(*to, ""), "from this host or to it");
  visit.client.expires_after(visit.now->config.limits.head_timeout);
  const auto first = co_await visit.client.peek_client_hello();
  const auto& hello = first.hello;
  const bool is_hello = hello.found == proxy::ClientHello::Found::kHello;
  // What begins like TLS and cannot be read could be for a host that must not pass unseen.
  if (!is_hello && (first.is_tls || hello.found == proxy::ClientHello::Found::kMore))
    co_return co_await refuse(visit, target_of(*to, ""), "no first message that can be read");
  const std::string& name = hello.server_name;
  const auto decision = name.empty() ? proxy::decide_unnamed(visit.side().rules, to->port())
                                     : proxy::decide(visit.side().rules, name, to->port());
  const std::string target = target_of(*to, name);
  switch (decision.way) {
    case proxy::Way::kTerminate:
      co_return co_await open_as(visit, name, target);
    case proxy::Way::kTunnel:
      co_return co_await pass(visit, *to, name);
    case proxy::Way::kRefuse:
      co_return co_await refuse(visit, target, decision.reason);
  }
}

}  // namespace

net::awaitable<void> serve_redirected(Worker& worker, DoorBounds& bounds,
                                      net::ip::tcp::socket socket) {
  Visit visit(worker, bounds, std::move(socket), "redirect");
  if (!co_await receive(visit, serve_visit)) visit.client.reset();
}

}  // namespace kerros::io
