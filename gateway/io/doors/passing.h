// What the proxy door and the redirect door share: whom they serve, how a connection is passed on
// or opened, and how a refusal is put on record.
//
// Thread safety: on the worker's executor.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "gateway/io/doors/bounds.h"
#include "gateway/io/wire/plain_socket.h"
#include "gateway/io/wire/tunnel.h"
#include "gateway/io/worker/worker.h"
#include "gateway/proxy/network.h"

namespace kerros::io {

proxy::Address to_address(const net::ip::address& address);

// A connection that came to one of the two doors.
struct Visit {
  Worker& worker;
  DoorBounds& bounds;
  proxy::Address address;  // the client's
  PlainSocket client;
  std::shared_ptr<const Snapshot> now;
  std::string_view door;  // "proxy", "redirect": for logs
  std::string user;       // who proved a name at the proxy door; else empty

  Visit(Worker& w, DoorBounds& for_all, net::ip::tcp::socket socket, std::string_view through);

  const ProxySide& side() const { return *now->proxy; }
  bool admits_client() const { return side().admits(address); }  // its network may come
};

// Serves it when its client may come; true when nothing went wrong. A client of another network is
// on record, and told nothing.
net::awaitable<bool> receive(Visit& visit, net::awaitable<void> (*serve)(Visit&));

// Durable before it is told, as far as its client's part of the log goes; what goes beyond that is
// counted. `target` is what was asked for, `why` one short phrase.
net::awaitable<void> record_refused(Visit& visit, std::string_view target, std::string_view why);

// Room for one more tunnel of the client, given back when it goes.
class TunnelRoom {
 public:
  explicit TunnelRoom(Visit& visit);
  ~TunnelRoom();
  TunnelRoom(const TunnelRoom&) = delete;
  TunnelRoom& operator=(const TunnelRoom&) = delete;
  explicit operator bool() const { return answer_ == TunnelShares::Answer::kYes; }
  std::string_view why_not() const;

 private:
  Visit& visit_;
  TunnelShares::Answer answer_;
};

// Serves the client, whose first message has come, as `host`: a name in lower case that is on the
// interception list. `target` is what is put on record when no certificate can be made for it.
net::awaitable<void> open_as(Visit& visit, std::string host, std::string_view target);
// Blindly, until both have ended; `look` as tunnel.h has it.
net::awaitable<void> pass_to(Visit& visit, net::ip::tcp::socket server, std::string_view host,
                             FirstLook look = {});

}  // namespace kerros::io
