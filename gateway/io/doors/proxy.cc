#include "gateway/io/doors/proxy.h"

#include "gateway/io/doors/passing.h"
#include "gateway/io/doors/proxy_answer.h"
#include "gateway/io/upstream/dial.h"
#include "gateway/io/wire/bad_message.h"
#include "gateway/io/wire/original_destination.h"
#include "gateway/proxy/connect.h"
#include "gateway/proxy/host_name.h"

namespace kerros::io {

namespace {

constexpr std::size_t kMostHead =
    16 * 1024;  // of a request to the proxy; browsers send below 2 KiB

net::awaitable<void> answer(Visit& visit, std::string text) {
  co_await visit.client.write(text);
  co_await visit.client.finish();
}

std::string no_credentials() {
  graph::Fields fields;
  fields.add("Proxy-Authenticate", "Basic realm=\"Kerros\", charset=\"UTF-8\"");
  return proxy_answer(407, "Name yourself to the proxy.", std::move(fields));
}

// True when the client may use the door, as whom the visit says.
net::awaitable<bool> authenticate(Visit& visit, const graph::RequestHead& head,
                                  std::string_view target) {
  if (!visit.side().users) co_return true;
  const auto field = head.fields.find("Proxy-Authorization");
  auto user = field ? visit.side().users->admit(*field) : std::nullopt;
  if (user) {
    visit.user = *std::move(user);
    co_return true;
  }
  // Clients come without a name first: only a wrong one is worth a record.
  if (field) co_await record_refused(visit, target, "wrong name or password");
  co_await answer(visit, no_credentials());
  co_return false;
}

net::awaitable<void> refuse(Visit& visit, unsigned status, std::string target,
                            std::string_view sentence) {
  co_await record_refused(visit, target, sentence);
  co_await answer(visit, proxy_answer(status, sentence));
}

struct Dialled {
  std::optional<net::ip::tcp::socket> socket;
  error_code error;
};

net::awaitable<Dialled> try_dial(Visit& visit, const proxy::Authority& to) {
  Dialled dialled;
  // To an address of its own the gateway would connect from within, past whatever guards it.
  const auto& rules = visit.side().rules;
  const bool exempt = proxy::host_matches_any(rules.exempt, to.host);
  const auto may_connect = [&rules, &to, exempt](const net::ip::address& address) {
    return proxy::may_connect(rules, to.host, to_address(address)) &&
           (exempt || !is_own_address(address));
  };
  try {
    dialled.socket = co_await dial(visit.worker.executor, visit.now->config.upstream, to.host,
                                   to.port, MayConnect(may_connect), visit.worker.shared.names);
  } catch (const system_error& error) {
    dialled.error = error.code();
  }
  co_return dialled;
}

constexpr std::string_view kUnreadable = "no first message that can be read";

// A name of somebody's own may lead to the cloud's addresses: whom TLS is asked for counts as well.
// What begins like TLS and cannot be read could be for a host that must not pass unseen.
net::awaitable<bool> may_pass(Visit& visit, net::ip::tcp::socket& client, std::string_view target) {
  const auto first = co_await peek_client_hello(client);
  const bool is_hello = first.hello.found == proxy::ClientHello::Found::kHello;
  if (!is_hello && !first.is_tls) co_return true;
  const std::string& name = first.hello.server_name;
  if (is_hello && !visit.side().intercepts(name)) co_return true;
  const std::string asked = std::string(target) + (is_hello ? " as " + name : std::string());
  co_await record_refused(visit, asked,
                          is_hello ? "a protected host inside a tunnel to another" : kUnreadable);
  co_return false;
}

net::awaitable<void> pass(Visit& visit, const proxy::Authority& to, std::string target) {
  const TunnelRoom room(visit);
  if (!room) co_return co_await refuse(visit, 503, std::move(target), room.why_not());
  visit.client.expires_after(visit.now->config.upstream.connect_timeout * 4);
  Dialled dialled = co_await try_dial(visit, to);
  if (dialled.error == net::error::access_denied)
    co_return co_await refuse(
        visit, 403, std::move(target),
        "This name leads to an address that is not of the public internet, or of this "
        "proxy itself.");
  if (!dialled.socket) {
    const bool late = dialled.error == net::error::timed_out;
    co_return co_await answer(
        visit,
        late ? proxy_answer(504, "The host did not answer in time; try again later.")
             : proxy_answer(
                   502, "The host could not be reached; look at its name, or try again later."));
  }
  co_await visit.client.write(kEstablished);
  const auto look = [&visit, &target](net::ip::tcp::socket& client) {
    return may_pass(visit, client, target);
  };
  co_await pass_to(visit, *std::move(dialled.socket), to.host, FirstLook(look));
}

// The certificate is made for who has begun with TLS, not for whoever names a host.
net::awaitable<void> open(Visit& visit, std::string host, std::string_view target) {
  using Found = proxy::ClientHello::Found;
  co_await visit.client.write(kEstablished);
  visit.client.expires_after(visit.now->config.limits.head_timeout);
  const auto first = co_await visit.client.peek_client_hello();
  if (first.hello.found == Found::kHello)
    co_return co_await open_as(visit, std::move(host), target);
  if (first.hello.found == Found::kMore && !first.is_tls) co_return;  // it left without a word
  co_await record_refused(visit, target, kUnreadable);
  visit.client.reset();
}

net::awaitable<void> connect(Visit& visit, const graph::RequestHead& head) {
  const std::string target = "connect " + head.target;
  if (!co_await authenticate(visit, head, target)) co_return;
  const auto to = proxy::parse_authority(head.target);
  if (!to)
    co_return co_await refuse(visit, 400, target, "The target of CONNECT is not a host and port.");
  const auto decision = proxy::decide(visit.side().rules, to->host, to->port);
  switch (decision.way) {
    case proxy::Way::kTerminate:
      co_return co_await open(visit, to->host, target);
    case proxy::Way::kTunnel:
      co_return co_await pass(visit, *to, target);
    case proxy::Way::kRefuse:
      co_return co_await refuse(visit, 403, target, decision.reason);
  }
}

net::awaitable<void> serve_head(Visit& visit, std::string_view text) {
  const auto head = parse_proxy_request(text);
  if (!head) {
    ++visit.worker.shared.counters.proxy_refused;
    co_return co_await answer(visit, proxy_answer(400, "This is not a request to a proxy."));
  }
  if (head->method_token == "CONNECT") co_return co_await connect(visit, *head);
  const bool is_pac = head->target == "/proxy.pac" || head->target == "/wpad.dat";
  if (is_pac && head->method == graph::Method::kGet)
    co_return co_await answer(visit, pac_answer(visit.side().pac));
  ++visit.worker.shared.counters.proxy_refused;
  if (head->target.starts_with('/'))
    co_return co_await answer(
        visit, proxy_answer(404, "This is a proxy: it knows CONNECT and GET /proxy.pac."));
  co_await answer(visit, proxy_answer(403, "Only CONNECT passes this proxy; use https."));
}

net::awaitable<void> serve_visit(Visit& visit) {
  const auto& limits = visit.now->config.limits;
  visit.client.expires_after(limits.head_timeout);
  std::optional<BadMessage> bad;
  std::string head;
  try {
    head = co_await visit.client.read_head(kMostHead);
  } catch (const BadMessage& error) {
    bad = error;
  }
  if (bad) {
    ++visit.worker.shared.counters.proxy_refused;
    const unsigned status = bad->kind == BadMessage::Kind::kTooLarge ? 431 : 400;
    co_return co_await answer(visit, proxy_answer(status, "This is not a request to a proxy."));
  }
  if (!head.empty()) co_await serve_head(visit, head);
}

}  // namespace

net::awaitable<void> serve_proxy(Worker& worker, DoorBounds& bounds, net::ip::tcp::socket socket) {
  Visit visit(worker, bounds, std::move(socket), "proxy");
  co_await receive(visit, serve_visit);
}

}  // namespace kerros::io
