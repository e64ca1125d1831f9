// kerros policy: what happens to a request and why, by the functions that the gateway itself runs.
#include <algorithm>
#include <memory>

#include "gateway/graph/classify.h"
#include "gateway/policy/decide.h"
#include "gateway/sharepoint/tenant_routes.h"
#include "tools/commands.h"
#include "tools/output.h"

namespace kerros::tools {
namespace {

struct ExplainOptions {
  std::string method;
  std::string url;
  std::string drive;
  std::string path;
  bool json = false;
};

// Octets after the host: what the gateway sees in the request line.
Result<std::string> target_of(const std::string& url) {
  if (url.starts_with('/')) return url;
  const auto scheme = url.find("://");
  const auto slash = scheme == std::string::npos ? scheme : url.find('/', scheme + 3);
  if (slash != std::string::npos) return url.substr(slash);
  return complain(ErrorCode::kMalformed, "\"" + url + "\" is no request URL",
                  "it has neither a host with a path nor a leading \"/\"",
                  "for example: /v1.0/me/drive/root:/Secret/a.docx:/content");
}

// Where the item lies, as far as the URL says it; options say the rest, as upstream would.
policy::Place place_of(const graph::Route& route, const ExplainOptions& options) {
  policy::Place place;
  const auto& item = route.target.item;
  place.drive_id = options.drive.empty() ? item.drive_id : options.drive;
  place.item_id = item.by_path() ? std::string() : item.item_id;
  place.path = options.path;
  if (place.path.empty() && item.item_id == "root") place.path = item.by_path() ? item.path : "/";
  return place;
}

Outcome explain(const Globals& globals, const ExplainOptions& options) {
  const auto config = load_config(globals);
  if (!config) return tl::unexpected(config.error());
  const auto target = target_of(options.url);
  if (!target) return tl::unexpected(Failure(target.error(), ExitCode::kUsage));
  graph::RequestHead head;
  head.method_token = options.method;
  head.method = graph::method_of(options.method);
  head.target = *target;
  const auto route = graph::classify(head);
  if (!route)
    return tl::unexpected(complain(ErrorCode::kMalformed, "the gateway refuses this request",
                                   route.error().detail, "ambiguous forms are never guessed at")
                              .value());
  const auto place = place_of(*route, options);
  const auto verdict = policy::decide(config->policy, *route, place);
  Json json = {{"operation", graph::name(route->operation)},
               {"route", route->pattern},
               {"drive_id", place.drive_id},
               {"path", place.path},
               {"decision", policy::name(verdict.decision)},
               {"rule", verdict.rule == nullptr ? Json() : Json(verdict.rule->name)},
               {"reason", verdict.reason},
               {"for_protected", route->for_protected},
               {"proves_caller", route->proves_caller}};
  print_object(json, options.json);
  if (route->target.has_item && !policy::can_decide(config->policy, place))
    warn(
        "the URL does not say where the item lies: the gateway asks the cloud; say it here with "
        "--drive and --path");
  return ExitCode::kDone;
}

struct RoutesOptions {
  std::string host = "graph";
  bool json = false;
};

Json graph_rows() {
  auto rows = Json::array();
  for (const auto& row : graph::route_table())
    rows.push_back({{"method", graph::name(row.method)},
                    {"route", row.pattern},
                    {"operation", graph::name(row.operation)},
                    {"proves_caller", row.proves_caller},
                    {"for_protected", row.for_protected}});
  return rows;
}

// Whether the caller is proven there is said by the rows of Graph alone.
Json tenant_rows() {
  auto rows = Json::array();
  for (const auto& row : sharepoint::tenant_table())
    rows.push_back({{"method", row.verb},
                    {"host", sharepoint::name(row.host)},
                    {"route", row.pattern},
                    {"operation", row.channel},
                    {"treatment", sharepoint::name(row.treatment)},
                    {"proves_caller", false},
                    {"for_protected", row.sentence}});
  return rows;
}

Outcome routes(const RoutesOptions& options) {
  std::vector<Column> columns{{"method", "METHOD"},
                              {"route", "ROUTE"},
                              {"operation", "OPERATION"},
                              {"proves_caller", "PROVES CALLER"},
                              {"for_protected", "FOR PROTECTED ITEMS"}};
  const bool tenant = options.host == "tenant";
  if (!tenant && options.host != "graph")
    return tl::unexpected(
        Failure(complain(ErrorCode::kMalformed, "there is no table for \"" + options.host + "\"",
                         "the tables are those of Graph and of the tenant's hosts",
                         "--host graph, or --host tenant")
                    .value(),
                ExitCode::kUsage));
  if (tenant) columns.insert(columns.begin() + 1, {"host", "HOST"});
  ListPrinter printer(columns, options.json);
  printer.add(tenant ? tenant_rows() : graph_rows());
  printer.end();
  return ExitCode::kDone;
}

}  // namespace

std::vector<Command> policy_commands(const Globals& globals) {
  const auto o = std::make_shared<ExplainOptions>();
  const auto listed = std::make_shared<RoutesOptions>();
  return {
      {"policy explain",
       "Say what the gateway would do with a request, and which rule says so.",
       {"kerros policy explain PUT '/v1.0/me/drive/root:/Secret/a.docx:/content'",
        "kerros policy explain GET https://graph.microsoft.com/v1.0/drives/D/items/I "
        "--path /Secret/a.docx"},
       {{"METHOD", "GET, PUT, POST, PATCH or DELETE", &o->method, "", true},
        {"URL", "The URL, or what follows its host", &o->url, "", true},
        {"--drive", "The drive, where the URL does not say it", &o->drive, "ID"},
        {"--path", "The item's path from the drive's root, likewise", &o->path, "PATH"},
        {"--json", "Print a JSON object", &o->json, ""}},
       [&globals, o] { return explain(globals, *o); },
       ""},
      {"policy routes",
       "List every route the gateway knows and what it does when the item is protected.",
       {"kerros policy routes", "kerros policy routes --host tenant --json"},
       {{"--host", "graph, or tenant: SharePoint's own hosts and others", &listed->host, "HOST"},
        {"--json", "Print a JSON array", &listed->json, ""}},
       [listed] { return routes(*listed); },
       "The first row that matches decides; what no row matches is refused. At a tenant's host "
       "ordinary places pass where a row refuses, if the place can be asked for."}};
}

}  // namespace kerros::tools
