#include "tools/sandbox/login_routes.h"

#include <algorithm>

#include "tools/sandbox/hosts.h"
#include "tools/sandbox/ids.h"
#include "tools/sandbox/query.h"
#include "tools/sandbox/refusal.h"
#include "tools/sandbox/replies.h"

namespace kerros::sandbox {
namespace {

constexpr const char* kHost = "login.microsoftonline.com";
constexpr std::int64_t kLifetime = 3600;

// Form fields; here '+' is a blank.
std::string field(const Query& form, std::string_view name) {
  std::string raw = form.find_raw(name).value_or("");
  std::replace(raw.begin(), raw.end(), '+', ' ');
  return percent_decode(raw).value_or("");
}

Reply oauth_error(Exchange& exchange, const std::string& code, const std::string& text) {
  Reply reply = json_reply(exchange, 400, {{"error", code}, {"error_description", text}});
  return reply;
}

std::string tenant_id() { return guid_from("tenant contoso"); }

std::string audience_of(const std::string& scope) {
  const auto at = scope.find("https://");
  if (at == std::string::npos) return "https://graph.microsoft.com";
  const std::string url = scope.substr(at, scope.find(' ', at) - at);
  const auto slash = url.find('/', 8);
  return url.substr(0, slash);
}

const User* user_of(Exchange& exchange, const Query& form, const std::string& grant) {
  Store& store = exchange.cloud.store;
  std::string upn = field(form, "username");
  if (grant == "refresh_token") {
    const CheckedToken token = exchange.cloud.tokens.check_tempauth(field(form, "refresh_token"));
    if (token.state != TokenState::kGood) return nullptr;
    upn = token.claims.value("upn", "");
  }
  return upn.empty() ? &store.users().front() : store.user_by_upn(upn);
}

Reply token(Exchange& exchange) {
  constexpr std::size_t kLargestForm = 64 * 1024;
  const Query form(read_text(exchange, kLargestForm));
  const std::string grant = field(form, "grant_type");
  if (grant != "client_credentials" && grant != "password" && grant != "refresh_token" &&
      grant != "authorization_code") {
    return oauth_error(exchange, "unsupported_grant_type", "AADSTS70003: unsupported grant type");
  }
  std::string app = field(form, "client_id");
  if (app.empty()) app = guid_from("some application");
  const std::string scope = field(form, "scope");
  nlohmann::json claims = {{"aud", audience_of(scope)},
                           {"iss", "https://sts.windows.net/" + tenant_id() + "/"},
                           {"appid", app},
                           {"tid", tenant_id()},
                           {"ver", "1.0"}};
  Json out = {{"token_type", "Bearer"}, {"scope", scope}};
  if (grant == "client_credentials") {
    claims["oid"] = guid_from("application " + app);
    claims["idtyp"] = "app";
  } else {
    const User* user = user_of(exchange, form, grant);
    if (user == nullptr) return oauth_error(exchange, "invalid_grant", "AADSTS50034: no such user");
    claims.update(
        {{"oid", user->oid}, {"upn", user->upn}, {"name", user->name}, {"idtyp", "user"}});
    constexpr std::int64_t kRefreshLifetime = 90 * 24 * 3600LL;
    out["refresh_token"] =
        exchange.cloud.tokens.tempauth({{"use", "refresh"}, {"upn", user->upn}}, kRefreshLifetime);
  }
  const auto wanted = exchange.switched("token.lifetime");
  const std::int64_t lifetime = wanted ? wanted->get<std::int64_t>() : kLifetime;
  out["expires_in"] = lifetime;
  out["ext_expires_in"] = lifetime;
  out["access_token"] = exchange.cloud.tokens.issue(claims, lifetime);
  return json_reply(exchange, 200, out);
}

std::string base_url(const Exchange& exchange) {
  return "https://" + exchange.head.host + port_suffix(exchange.cloud, exchange.cloud.ports.login);
}

Reply configuration(Exchange& exchange) {
  const std::string base = base_url(exchange) + "/" + tenant_id();
  return json_reply(exchange, 200,
                    {{"token_endpoint", base + "/oauth2/v2.0/token"},
                     {"authorization_endpoint", base + "/oauth2/v2.0/authorize"},
                     {"device_authorization_endpoint", base + "/oauth2/v2.0/devicecode"},
                     {"end_session_endpoint", base + "/oauth2/v2.0/logout"},
                     {"jwks_uri", base + "/discovery/v2.0/keys"},
                     {"issuer", base + "/v2.0"},
                     {"response_types_supported", Json::array({"code", "token"})},
                     {"subject_types_supported", Json::array({"pairwise"})},
                     {"id_token_signing_alg_values_supported", Json::array({"RS256"})}});
}

Reply instance(Exchange& exchange) {
  return json_reply(
      exchange, 200,
      {{"tenant_discovery_endpoint",
        base_url(exchange) + "/" + tenant_id() + "/v2.0/.well-known/openid-configuration"},
       {"api-version", "1.1"},
       {"metadata", Json::array({{{"preferred_network", kHost},
                                  {"preferred_cache", kHost},
                                  {"aliases", Json::array({kHost, exchange.head.host})}}})}});
}

Reply dispatch(Exchange& exchange) {
  const std::string path = exchange.head.path();
  const std::string& method = exchange.head.method;
  if (method == "POST" && path.ends_with("/oauth2/v2.0/token")) return token(exchange);
  if (method == "POST" && path.ends_with("/oauth2/token")) return token(exchange);
  if (method == "GET" && path.ends_with("/.well-known/openid-configuration")) {
    return configuration(exchange);
  }
  if (method == "GET" && path == "/common/discovery/instance") return instance(exchange);
  if (method == "HEAD" || path == "/") return empty_reply(200);
  throw Refusal(404, "ResourceNotFound", "There is nothing here");
}

}  // namespace

Reply serve_login(Exchange& exchange) {
  ++exchange.cloud.counters.login_requests;
  const std::string authorization = exchange.head.find("Authorization").value_or("");
  if (lower_ascii(authorization).starts_with("bearer")) {
    ++exchange.cloud.counters.authorization_on_login;
  }
  try {
    require_host(exchange, HostKind::kLogin);
    if (auto spoilt = reply_by_switch(exchange, false)) return *spoilt;
    return dispatch(exchange);
  } catch (const Refusal& refusal) {
    return error_reply(exchange, refusal, false);
  }
}

}  // namespace kerros::sandbox
