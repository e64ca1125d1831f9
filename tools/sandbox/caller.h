// Who asks, and what they may reach.
//
// Thread safety: values; access checks need the store's lock.
#pragma once

#include <string>

#include "tools/sandbox/exchange.h"

namespace kerros::sandbox {

struct Caller {
  std::string oid;
  std::string upn;           // empty for an application
  std::string app;           // the client application's id
  std::string audience;      // the service that the token was issued for
  bool application = false;  // client_credentials: reaches every drive
};

// From the Bearer token. Throws Refusal 401 unless it is ours and still good.
Caller identify(Exchange& exchange);
// A token is good at the host that it was issued for. Throws Refusal 401.
void check_audience(Exchange& exchange, const Caller& caller);
bool may_reach(const Caller& caller, const Drive& drive);

}  // namespace kerros::sandbox
