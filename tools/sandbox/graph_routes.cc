#include "tools/sandbox/graph_routes.h"

#include <algorithm>
#include <array>

#include "tools/sandbox/graph_handlers.h"
#include "tools/sandbox/hosts.h"

namespace kerros::sandbox {
namespace {

struct Route {
  std::string_view method;
  Subject subject;
  std::string_view relation;  // segments after the subject; '*' stands for one of them
  Reply (*handler)(GraphCall&);
};

constexpr std::array kRoutes = {
    Route{"GET", Subject::kUser, "", get_user},
    Route{"GET", Subject::kUser, "drives", list_drives},
    Route{"GET", Subject::kSite, "", get_site},
    Route{"GET", Subject::kSite, "drives", list_drives},
    Route{"GET", Subject::kService, "drives", list_drives},
    Route{"GET", Subject::kDrive, "", get_drive},
    Route{"GET", Subject::kDrive, "search()", search_items},
    Route{"GET", Subject::kItem, "", get_item},
    Route{"PUT", Subject::kItem, "", commit_from_session},
    Route{"PATCH", Subject::kItem, "", patch_item},
    Route{"DELETE", Subject::kItem, "", delete_item},
    Route{"GET", Subject::kItem, "children", list_children},
    Route{"POST", Subject::kItem, "children", create_child},
    Route{"GET", Subject::kItem, "search()", search_items},
    Route{"GET", Subject::kItem, "delta", get_delta},
    Route{"GET", Subject::kItem, "delta()", get_delta},
    Route{"GET", Subject::kItem, "content", get_content},
    Route{"HEAD", Subject::kItem, "content", get_content},
    Route{"GET", Subject::kItem, "content/$value", get_content},
    Route{"GET", Subject::kItem, "contentStream", get_content_stream},
    Route{"PUT", Subject::kItem, "content", put_content},
    Route{"PUT", Subject::kItem, "content/$value", put_content},
    Route{"POST", Subject::kItem, "createUploadSession", create_upload_session},
    Route{"GET", Subject::kItem, "versions", list_versions},
    Route{"GET", Subject::kItem, "versions/*", get_version},
    Route{"GET", Subject::kItem, "versions/*/content", get_version_content},
    Route{"POST", Subject::kItem, "versions/*/restoreVersion", restore_version},
};

// "microsoft.graph.search(q='x')" -> "search()": the namespace is optional, arguments vary.
std::string plain_name(std::string_view segment) {
  constexpr std::string_view kNamespace = "microsoft.graph.";
  if (segment.starts_with(kNamespace)) segment.remove_prefix(kNamespace.size());
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
  for (const Route& route : kRoutes) {
    if (!fits(route, call.target)) continue;
    known = true;
    if (route.method == call.exchange.head.method) return route.handler(call);
  }
  if (known) throw Refusal(405, "notSupported", "The method is not allowed here");
  throw bad_request("Resource not found for the segment.");
}

// POST may stand in for another method.
void apply_method_override(RequestHead& head) {
  const auto wanted = head.find("X-HTTP-Method-Override");
  if (head.method == "POST" && wanted) head.method = *wanted;
}

Reply answer(Exchange& exchange) {
  if (auto spoilt = reply_by_switch(exchange, false)) return *spoilt;
  apply_method_override(exchange.head);
  GraphCall call{exchange, identify(exchange), parse_graph_target(exchange.head.target)};
  Reply reply = dispatch(call);
  spoil_effective(exchange, reply, false);
  return reply;
}

}  // namespace

Reply serve_graph(Exchange& exchange) {
  ++exchange.cloud.counters.graph_requests;
  try {
    require_host(exchange, HostKind::kGraph);
    return answer(exchange);
  } catch (const Refusal& refusal) {
    return error_reply(exchange, refusal, false);
  } catch (const nlohmann::json::exception&) {
    return error_reply(exchange, bad_request("The request has a value of the wrong type"), false);
  }
}

}  // namespace kerros::sandbox
