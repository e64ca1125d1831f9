#include "tools/sandbox/graph_routes.h"

#include <algorithm>
#include <array>

#include "tools/sandbox/hosts.h"
#include "tools/sandbox/tenant_names.h"

namespace kerros::sandbox {
namespace {

// "microsoft.graph.search(q='x')" -> "search()": the namespace is optional, arguments vary.
std::string plain_name(std::string_view segment) {
  for (const std::string_view space : {"microsoft.graph.", "oneDrive."}) {
    if (segment.starts_with(space)) segment.remove_prefix(space.size());
  }
  if (segment == "upload.createSession") segment = "createUploadSession";
  if (segment == "view.delta") segment = "delta";
  if (segment == "action.createLink") segment = "createLink";
  const auto open = segment.find('(');
  return std::string(segment.substr(0, open)) + (open == std::string_view::npos ? "" : "()");
}

bool fits(const Route& route, const GraphTarget& target) {
  if (route.subject != target.subject) return false;
  if (route.relation.empty()) return target.relation.empty();
  const std::vector<std::string> pattern = split(route.relation, '/');
  return std::equal(pattern.begin(), pattern.end(), target.relation.begin(), target.relation.end(),
                    [](const std::string& want, const std::string& got) {
                      return want == "*" || want == plain_name(got);
                    });
}

Reply dispatch(GraphCall& call) {
  bool known = false;
  for (const Route& route : graph_routes()) {
    if (!fits(route, call.target)) continue;
    known = true;
    if (route.method == call.exchange.head.method) return route.handler(call);
  }
  if (known) throw Refusal(405, "notSupported", "The method is not allowed here");
  throw bad_request("Resource not found for the segment.");
}

// POST may stand in for another method; saying so twice is saying nothing.
void apply_method_override(RequestHead& head, Door door) {
  std::vector<std::string> wanted;
  for (const Header& header : head.headers) {
    if (equal_ignoring_case(header.name, "X-HTTP-Method-Override") ||
        (door == Door::kTenant && equal_ignoring_case(header.name, "X-HTTP-Method"))) {
      wanted.push_back(header.value);
    }
  }
  if (wanted.empty() || head.method != "POST") return;
  if (wanted.size() > 1) throw bad_request("The method is overridden more than once");
  head.method = wanted.front() == "MERGE" ? "PATCH" : wanted.front();
}

GraphCall understand(Exchange& exchange, Door door) {
  apply_method_override(exchange.head, door);
  const Caller caller = door == Door::kTenant ? identify_on_tenant(exchange) : identify(exchange);
  GraphCall call{exchange, caller, {}, door, {}, {}};
  const RequestHead& head = exchange.head;
  if (door == Door::kGraph) {
    call.target = parse_graph_target(head.target);
    call.origin = "https://" + graph_authority(exchange);
  } else {
    call.target = parse_tenant_target(head.host, head.target);
    call.origin = "https://" + head.host + port_suffix(exchange.cloud, exchange.cloud.ports.tenant);
  }
  call.base = call.origin + call.target.prefix;
  return call;
}

Reply answer(Exchange& exchange, Door door) {
  const bool on_tenant = door == Door::kTenant;
  if (auto spoilt = reply_by_switch(exchange, on_tenant)) return *spoilt;
  GraphCall call = understand(exchange, door);
  Reply reply = dispatch(call);
  if (on_tenant) use_tenant_names(reply);
  spoil_effective(exchange, reply, on_tenant);
  return reply;
}

}  // namespace

Reply serve_part(Exchange& exchange, Door door) {
  const bool on_tenant = door == Door::kTenant;
  try {
    return answer(exchange, door);
  } catch (const Refusal& refusal) {
    return error_reply(exchange, refusal, on_tenant);
  } catch (const nlohmann::json::exception&) {
    return error_reply(exchange, bad_request("The request has a value of the wrong type"),
                       on_tenant);
  }
}

Reply serve_graph(Exchange& exchange) {
  ++exchange.cloud.counters.graph_requests;
  try {
    require_host(exchange, HostKind::kGraph);
  } catch (const Refusal& refusal) {
    return error_reply(exchange, refusal, false);
  }
  return serve_part(exchange, Door::kGraph);
}

}  // namespace kerros::sandbox
