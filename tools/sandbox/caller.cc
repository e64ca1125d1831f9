#include "tools/sandbox/caller.h"

#include "tools/sandbox/refusal.h"

namespace kerros::sandbox {

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

void check_audience(Exchange& exchange, const Caller& caller) {
  const std::string& host = exchange.head.host;
  if (!host.ends_with(".sharepoint.com") || caller.audience == "https://" + host) return;
  ++exchange.cloud.counters.authorization_on_tenant;
  throw Refusal(401, "unauthenticated", "The token was issued for another service.");
}

bool may_reach(const Caller& caller, const Drive& drive) {
  return caller.application || drive.owner.empty() || drive.owner == caller.oid;
}

}  // namespace kerros::sandbox
