#include "tools/sandbox/caller.h"

#include "tools/sandbox/encoding.h"
#include "tools/sandbox/refusal.h"

namespace kerros::sandbox {
namespace {

constexpr std::string_view kBasic = "basic ";

// Any password will do: what a test types is not what it tries.
Caller by_password(Exchange& exchange, std::string_view encoded) {
  const std::string pair = from_base64(trim(encoded)).value_or("");
  const auto lock = exchange.cloud.store.lock();
  const User* user = exchange.cloud.store.user_by_upn(pair.substr(0, pair.find(':')));
  if (user == nullptr || pair.find(':') == std::string::npos) {
    throw Refusal(401, "unauthenticated", "The caller is not known");
  }
  return {user->oid, user->upn, "", "", false, true};
}

// A token is good at the host that it was issued for.
void check_audience(Exchange& exchange, const Caller& caller) {
  const std::string& host = exchange.head.host;
  if (!host.ends_with(".sharepoint.com") || caller.audience == "https://" + host) return;
  ++exchange.cloud.counters.authorization_on_tenant;
  throw Refusal(401, "unauthenticated", "The token was issued for another service.");
}

}  // namespace

Caller identify(Exchange& exchange) {
  constexpr std::string_view kScheme = "bearer ";
  const std::string header = exchange.head.find("Authorization").value_or("");
  if (header.size() < kScheme.size() ||
      !equal_ignoring_case(std::string_view(header).substr(0, kScheme.size()), kScheme)) {
    throw Refusal(401, "InvalidAuthenticationToken", "Access token is empty.");
  }
  const CheckedToken token =
      exchange.cloud.tokens.check(trim(std::string_view(header).substr(kScheme.size())));
  if (token.state == TokenState::kExpired) {
    throw Refusal(401, "InvalidAuthenticationToken",
                  "Lifetime validation failed, the token is expired.", "expiredToken");
  }
  if (token.state == TokenState::kForeign) {
    throw Refusal(401, "InvalidAuthenticationToken", "IDX14100: JWT is not well formed.");
  }
  return {token.claims.value("oid", ""), token.claims.value("upn", ""),
          token.claims.value("appid", ""), token.claims.value("aud", ""),
          token.claims.value("idtyp", "") == "app"};
}

Caller identify_on_tenant(Exchange& exchange) {
  const std::string given = exchange.head.find("Authorization").value_or("");
  if (lower_ascii(given).starts_with(kBasic)) {
    return by_password(exchange, std::string_view(given).substr(kBasic.size()));
  }
  Caller caller = identify(exchange);
  check_audience(exchange, caller);
  return caller;
}

bool may_reach(const Caller& caller, const Drive& drive) {
  return caller.application || drive.owner.empty() || drive.owner == caller.oid;
}

}  // namespace kerros::sandbox
