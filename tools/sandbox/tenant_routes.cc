#include "tools/sandbox/tenant_routes.h"

#include <algorithm>
#include <array>

#include "tools/sandbox/download.h"
#include "tools/sandbox/hosts.h"
#include "tools/sandbox/query.h"
#include "tools/sandbox/refusal.h"
#include "tools/sandbox/replies.h"
#include "tools/sandbox/upload_sessions.h"

namespace kerros::sandbox {
namespace {

Refusal unauthenticated(bool expired) {
  return {401, "unauthenticated", "The caller is not authenticated.",
          expired ? "expiredToken" : ""};
}

// URL parsers of browsers and Node write an apostrophe in a query as %27; nothing else may change.
std::string with_plain_quotes(std::string text) {
  for (auto at = text.find("%27"); at != std::string::npos; at = text.find("%27", at)) {
    text.replace(at, 3, "'");
  }
  return text;
}

nlohmann::json check_tempauth(Exchange& exchange, const Query& query, const std::string& use) {
  const CheckedToken token =
      exchange.cloud.tokens.check_tempauth(query.find_raw("tempauth").value_or(""));
  if (token.state == TokenState::kExpired) throw unauthenticated(true);
  if (token.state == TokenState::kForeign || token.claims.value("use", "") != use) {
    throw unauthenticated(false);
  }
  if (exchange.strict() && exchange.head.find("Authorization")) throw unauthenticated(false);
  return token.claims;
}

void refuse_changed_url(Exchange& exchange) {
  ++exchange.cloud.counters.changed_preauth_url;
  throw unauthenticated(false);
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

struct Route {
  std::string_view method;
  std::string_view tail;  // how the path ends, below any site
  Reply (*handler)(Exchange&, const Query&);
};

constexpr std::string_view kDownload = "/_layouts/15/download.aspx";
constexpr std::string_view kSession = "/uploadSession";

constexpr std::array kRoutes = {
    Route{"GET", kDownload, download},
    Route{"HEAD", kDownload, download},
    Route{"GET", kSession, on_session<session_status>},
    Route{"PUT", kSession, on_session<session_fragment>},
    Route{"DELETE", kSession, on_session<session_cancel>},
    Route{"POST", kSession, on_session<session_commit>},
};

Reply dispatch(Exchange& exchange) {
  const std::string path = exchange.head.path();
  const auto question = exchange.head.target.find('?');
  const Query query(question == std::string::npos
                        ? std::string_view()
                        : std::string_view(exchange.head.target).substr(question + 1));
  bool known = false;
  for (const Route& route : kRoutes) {
    if (!path.ends_with(route.tail)) continue;
    known = true;
    if (route.method == exchange.head.method) return route.handler(exchange, query);
  }
  if (known) throw Refusal(405, "notSupported", "The method is not allowed here");
  throw Refusal(404, "itemNotFound", "There is nothing here");
}

}  // namespace

Reply serve_tenant(Exchange& exchange) {
  ++exchange.cloud.counters.tenant_requests;
  if (exchange.head.find("Authorization")) ++exchange.cloud.counters.authorization_on_tenant;
  try {
    require_host(exchange, HostKind::kTenant);
    if (auto spoilt = reply_by_switch(exchange, true)) return *spoilt;
    Reply reply = dispatch(exchange);
    spoil_effective(exchange, reply, true);
    return reply;
  } catch (const Refusal& refusal) {
    return error_reply(exchange, refusal, true);
  } catch (const nlohmann::json::exception&) {
    return error_reply(exchange, bad_request("The request has a value of the wrong type"), true);
  }
}

}  // namespace kerros::sandbox
