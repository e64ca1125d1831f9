#include "tools/sandbox/control_routes.h"

#include <array>

#include "tools/sandbox/control_items.h"
#include "tools/sandbox/query.h"
#include "tools/sandbox/refusal.h"
#include "tools/sandbox/replies.h"

namespace kerros::sandbox {
namespace {

Reply done(Exchange& exchange) { return json_reply(exchange, 200, {{"done", true}}); }

Reply get_log(Exchange& exchange) {
  const auto question = exchange.head.target.find('?');
  const Query query(question == std::string::npos ? "" : exchange.head.target.substr(question + 1));
  const auto since = parse_decimal(query.find("since").value_or("0"));
  if (!since) throw bad_request("'since' is a number");
  return json_reply(exchange, 200, exchange.cloud.log.since(*since));
}

Reply clear_log(Exchange& exchange) {
  exchange.cloud.log.clear();
  return done(exchange);
}

Reply get_switches(Exchange& exchange) {
  return json_reply(exchange, 200, Json(exchange.cloud.switches.list()));
}

Reply add_switch(Exchange& exchange) {
  exchange.cloud.switches.add(nlohmann::json(read_json(exchange)));
  return done(exchange);
}

Reply clear_switches(Exchange& exchange) {
  exchange.cloud.switches.clear();
  return done(exchange);
}

Reply get_counters(Exchange& exchange) {
  const Counters& c = exchange.cloud.counters;
  return json_reply(exchange, 200,
                    {{"graph_requests", c.graph_requests.load()},
                     {"tenant_requests", c.tenant_requests.load()},
                     {"login_requests", c.login_requests.load()},
                     {"unknown_host", c.unknown_host.load()},
                     {"authorization_on_tenant", c.authorization_on_tenant.load()},
                     {"authorization_on_login", c.authorization_on_login.load()},
                     {"changed_preauth_url", c.changed_preauth_url.load()},
                     {"refused_fragments", c.refused_fragments.load()}});
}

Reply set_clock(Exchange& exchange) {
  exchange.cloud.clock.shift_by(read_json(exchange).at("offset_ms").get<std::int64_t>());
  return done(exchange);
}

struct Route {
  std::string_view method;
  std::string_view path;
  Reply (*handler)(Exchange&);
};

constexpr std::array kRoutes = {
    Route{"GET", "/state", control_state},    Route{"POST", "/items", control_plant},
    Route{"POST", "/tamper", control_tamper}, Route{"GET", "/log", get_log},
    Route{"DELETE", "/log", clear_log},       Route{"GET", "/switches", get_switches},
    Route{"POST", "/switches", add_switch},   Route{"DELETE", "/switches", clear_switches},
    Route{"GET", "/counters", get_counters},  Route{"POST", "/clock", set_clock},
};

}  // namespace

Reply serve_control(Exchange& exchange) {
  try {
    const std::string path = exchange.head.path();
    for (const Route& route : kRoutes) {
      if (route.method == exchange.head.method && route.path == path) {
        return route.handler(exchange);
      }
    }
    throw Refusal(404, "itemNotFound", "The control endpoint has nothing of that name");
  } catch (const Refusal& refusal) {
    return error_reply(exchange, refusal, false);
  } catch (const nlohmann::json::exception& error) {
    return error_reply(exchange, bad_request(error.what()), false);
  } catch (const std::exception& error) {
    return error_reply(exchange, bad_request(error.what()), false);
  }
}

}  // namespace kerros::sandbox
