#include "tools/sandbox/tenant_routes.h"

#include <algorithm>
#include <array>

#include "tools/sandbox/download.h"
#include "tools/sandbox/graph_routes.h"
#include "tools/sandbox/hosts.h"
#include "tools/sandbox/office_call.h"
#include "tools/sandbox/query.h"
#include "tools/sandbox/refusal.h"
#include "tools/sandbox/replies.h"
#include "tools/sandbox/tenant_pages.h"
#include "tools/sandbox/upload_sessions.h"

namespace kerros::sandbox {
namespace {

// URL parsers of browsers and Node write an apostrophe in a query as %27; nothing else may change.
std::string with_plain_quotes(std::string text) {
  for (auto at = text.find("%27"); at != std::string::npos; at = text.find("%27", at)) {
    text.replace(at, 3, "'");
  }
  return text;
}

void refuse_changed_url(Exchange& exchange) {
  ++exchange.cloud.counters.changed_preauth_url;
  throw Refusal(401, "unauthenticated", "The caller is not authenticated.");
}

// The query as it was issued, byte for byte; a scanner's override may be appended.
void check_download_query(Exchange& exchange, const Query& query, const Item& item) {
  std::string got = query.raw();
  constexpr std::string_view kOverride = "&AVOverride=1";
  if (got.ends_with(kOverride)) got.resize(got.size() - kOverride.size());
  const std::string issued = "UniqueId=" + lower_ascii(item.guid) + "&Translate=false&tempauth=" +
                             query.find_raw("tempauth").value_or("") + "&ApiVersion=2.0";
  if (exchange.strict() && got != issued) refuse_changed_url(exchange);
}

Reply download(Exchange& exchange, const Query& query) {
  const nlohmann::json claims = check_tempauth(exchange, query, "download");
  Download bytes;
  {
    Store& store = exchange.cloud.store;
    const auto lock = store.lock();
    const Item* item =
        store.item(claims.at("d").get<std::string>(), claims.at("i").get<std::string>());
    if (item == nullptr || item->folder) throw item_not_found();
    check_download_query(exchange, query, *item);
    const std::string label = claims.value("v", item->current().label);
    const auto version = std::find_if(item->versions.begin(), item->versions.end(),
                                      [&](const Version& v) { return v.label == label; });
    if (version == item->versions.end()) throw item_not_found();
    bytes = snapshot(store, *item, *version);
  }
  return send(exchange, bytes);
}

std::string session_guid(Exchange& exchange, const Query& query) {
  const std::string guid = check_tempauth(exchange, query, "upload").at("s").get<std::string>();
  const auto lock = exchange.cloud.store.lock();
  const UploadSession* session = exchange.cloud.store.session(guid);
  if (session != nullptr &&
      with_plain_quotes(exchange.head.target) != with_plain_quotes(session->target)) {
    refuse_changed_url(exchange);
  }
  return guid;
}

template <Reply (*Handler)(Exchange&, const std::string&)>
Reply on_session(Exchange& exchange, const Query& query) {
  return Handler(exchange, session_guid(exchange, query));
}

// Pages that need no token but their own URL.
struct Page {
  std::string_view method;
  std::string_view part;  // how the path ends; with a slash at its end: what the path holds
  Reply (*handler)(Exchange&, const Query&);
};

constexpr std::string_view kDownload = "/_layouts/15/download.aspx";
constexpr std::string_view kSession = "/uploadSession";

constexpr std::array kPages = {
    Page{"GET", kDownload, download},
    Page{"HEAD", kDownload, download},
    Page{"GET", kSession, on_session<session_status>},
    Page{"PUT", kSession, on_session<session_fragment>},
    Page{"DELETE", kSession, on_session<session_cancel>},
    Page{"POST", kSession, on_session<session_commit>},
    Page{"GET", "/_api/v2.0/monitor/", monitor_page},
    Page{"GET", "/_layouts/15/transform.aspx", transform_page},
    Page{"GET", "/_layouts/15/embed.aspx", preview_page},
    Page{"GET", "/thumbnails/0/", thumbnail_page},
};

// Thumbnails by URL and thumbnails by token share their path.
bool means(const Page& page, const std::string& path, const Query& query) {
  const bool fits = page.part.ends_with('/') ? path.find(page.part) != std::string::npos
                                             : path.ends_with(page.part);
  if (!fits) return false;
  return page.handler != thumbnail_page || query.find_raw("tempauth");
}

Query query_of(const RequestHead& head) {
  const auto question = head.target.find('?');
  return Query(question == std::string::npos ? "" : head.target.substr(question + 1));
}

Reply dispatch(Exchange& exchange) {
  const std::string path = exchange.head.path();
  const Query query = query_of(exchange.head);
  bool known = false;
  for (const Page& page : kPages) {
    if (!means(page, path, query)) continue;
    known = true;
    if (page.method == exchange.head.method) return page.handler(exchange, query);
  }
  if (known) throw Refusal(405, "notSupported", "The method is not allowed here");
  throw Refusal(404, "itemNotFound", "There is nothing here");
}

// A download page without a token of its own asks its caller who he is.
bool is_page(const RequestHead& head) {
  const Query query = query_of(head);
  if (head.path().ends_with(kDownload) && !query.find_raw("tempauth")) return false;
  return std::any_of(kPages.begin(), kPages.end(),
                     [&](const Page& page) { return means(page, head.path(), query); });
}

Reply serve_page(Exchange& exchange) {
  if (auto spoilt = reply_by_switch(exchange, true)) return *spoilt;
  Reply reply = dispatch(exchange);
  spoil_effective(exchange, reply, true);
  return reply;
}

}  // namespace

Reply serve_tenant(Exchange& exchange) {
  ++exchange.cloud.counters.tenant_requests;
  try {
    require_host(exchange, HostKind::kTenant);
    if (!is_page(exchange.head)) {
      const bool has_version = find_api(exchange.head.path()) != std::string::npos;
      return has_version ? serve_part(exchange, Door::kTenant) : serve_office(exchange);
    }
    if (exchange.head.find("Authorization")) ++exchange.cloud.counters.authorization_on_tenant;
    return serve_page(exchange);
  } catch (const Refusal& refusal) {
    return error_reply(exchange, refusal, true);
  } catch (const nlohmann::json::exception&) {
    return error_reply(exchange, bad_request("The request has a value of the wrong type"), true);
  }
}

}  // namespace kerros::sandbox
