// What every handler works with: the cloud, one request, and small helpers around both.
//
// Thread safety: Services may be used by all threads; an Exchange belongs to one.
// Lifetime: an Exchange lives as long as its request.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/sandbox/clock.h"
#include "tools/sandbox/http_message.h"
#include "tools/sandbox/monitors.h"
#include "tools/sandbox/received_log.h"
#include "tools/sandbox/rest_uploads.h"
#include "tools/sandbox/store.h"
#include "tools/sandbox/subscriptions.h"
#include "tools/sandbox/switches.h"
#include "tools/sandbox/tokens.h"
#include "tools/sandbox/webdav_locks.h"

namespace kerros::sandbox {

using Json = nlohmann::ordered_json;

struct Options {
  std::filesystem::path dir;
  std::string graph_listen = "127.0.0.1:0";
  std::string tenant_listen = "127.0.0.1:0";
  std::string login_listen = "127.0.0.1:0";
  std::string control_listen = "127.0.0.1:0";
  std::vector<std::string> users = {"aino@contoso.test", "ville@contoso.test"};
  bool lenient = false;
  bool public_ports = false;
  bool record_bodies = false;
};

struct Ports {
  std::uint16_t graph = 0;
  std::uint16_t tenant = 0;
  std::uint16_t login = 0;
  std::uint16_t control = 0;
};

struct Counters {
  std::atomic<std::uint64_t> graph_requests = 0;
  std::atomic<std::uint64_t> tenant_requests = 0;
  std::atomic<std::uint64_t> login_requests = 0;
  std::atomic<std::uint64_t> unknown_host = 0;
  std::atomic<std::uint64_t> authorization_on_tenant = 0;  // must stay 0 for a careful client
  std::atomic<std::uint64_t> authorization_on_login = 0;
  std::atomic<std::uint64_t> changed_preauth_url = 0;
  std::atomic<std::uint64_t> refused_fragments = 0;
};

struct Services {
  explicit Services(Options given)
      : options(std::move(given)),
        store(options.dir, options.users, clock),
        log(options.dir, options.record_bodies),
        tokens(options.dir, clock) {}

  Options options;
  Clock clock;
  Store store;
  Switches switches;
  ReceivedLog log;
  Tokens tokens;
  Monitors monitors;
  Subscriptions subscriptions;
  RestUploads rest_uploads;
  WebdavLocks webdav_locks;
  Counters counters;
  Ports ports;
};

struct Exchange {
  Services& cloud;
  RequestHead& head;
  BodySource& body;
  std::string request_id;

  bool strict() const { return !cloud.options.lenient; }
  std::optional<nlohmann::json> switched(std::string_view name) const {
    return cloud.switches.take(name, head);
  }
};

// The whole body as JSON; an empty body is {}. Throws Refusal 400.
Json read_json(Exchange& exchange);
// The whole body as text, at most `limit` bytes; Refusal 413 beyond.
std::string read_text(Exchange& exchange, std::size_t limit);
// The whole body into a new file under incoming/, hashed on the way; Refusal 413 from `limit` on.
// When it throws, nothing is left behind.
Arrived spool_body(Exchange& exchange, std::uint64_t limit);

// The port to print behind a host name: empty unless --public-ports.
std::string port_suffix(const Services& cloud, std::uint16_t port);

}  // namespace kerros::sandbox
